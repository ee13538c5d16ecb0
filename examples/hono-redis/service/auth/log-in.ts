import type { MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import type { Sessions } from "./sessions.ts";
import type { Role, User } from "./user.ts";

/** What the routes find in their context. */
export interface WithCaller {
  readonly Variables: {
    /** Who asks, by the session in `Authorization: Bearer …`. */
    readonly caller: User | undefined;
  };
}

/** Looks up who asks, for every route of the service; Loom's routes are some of them. */
export const logIn =
  (sessions: Sessions): MiddlewareHandler<WithCaller> =>
  async (context, next) => {
    const [, token] = /^Bearer +(\S+)$/i.exec(context.req.header("authorization") ?? "") ?? [];
    if (token !== undefined) context.set("caller", await sessions.userOf(token));
    await next();
  };

/** Lets in who has one of the roles. @throws HTTPException 401 or 403 */
export function admit(caller: User | undefined, ...roles: readonly Role[]): User {
  if (!caller) throw new HTTPException(401, { message: "Log in first." });
  if (roles.includes(caller.role)) return caller;
  throw new HTTPException(403, { message: `This is not for a ${caller.role}.` });
}
