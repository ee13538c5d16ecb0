import type { FastifyInstance } from "fastify";
import type { Sessions } from "./sessions.ts";
import type { Role, User } from "./user.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks, by the session in `Authorization: Bearer …`. */
    caller: User | undefined;
  }
}

/** Looks up who asks, for every route of the service; Loom's routes are some of them. */
export function logIn(app: FastifyInstance, sessions: Sessions): void {
  app.decorateRequest("caller", undefined);
  app.addHook("onRequest", async (request) => {
    const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
    if (token !== undefined) request.caller = await sessions.userOf(token);
  });
}

/** Lets in who has one of the roles. @throws an error that Fastify answers with 401 or 403 */
export function admit(caller: User | undefined, ...roles: readonly Role[]): User {
  if (!caller) throw httpError(401, "Log in first.");
  if (!roles.includes(caller.role)) throw httpError(403, `This is not for a ${caller.role}.`);
  return caller;
}

/** An error that Fastify answers with this status. */
export function httpError(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode });
}
