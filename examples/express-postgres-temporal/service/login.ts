import type { NextFunction, Request, RequestHandler, Response } from "express";
import type { Pool } from "pg";
import { findUser, type User } from "../platform/users.ts";

/** A request, and who sent it. */
export interface WithUser extends Request {
  user?: User | undefined;
}

/** Finds out who sent a request, for the platform's own routes and for Loom's. */
export function login(pool: Pool): RequestHandler {
  return async (request: WithUser, _: Response, next: NextFunction) => {
    const [, token] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "") ?? [];
    request.user = token === undefined ? undefined : await findUser(pool, token);
    next();
  };
}

/** Lets only these roles through to the platform's own routes. */
export function only(...roles: readonly User["role"][]): RequestHandler {
  return ({ user }: WithUser, response: Response, next: NextFunction) => {
    if (!user) response.status(401).json({ error: "who are you?" });
    else if (!roles.includes(user.role)) response.status(403).json({ error: "you may not" });
    else next();
  };
}
