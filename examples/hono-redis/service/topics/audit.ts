import type { Redis } from "ioredis";
import type { User } from "../auth/user.ts";

/** Writes down who asked for what: each request is a line, one that changed nothing too. */
export type Audit = (actor: User, action: string, subject: string) => Promise<void>;

export const createAudit =
  (redis: Redis): Audit =>
  async ({ email }, action, subject) => {
    await redis.rpush("audit", JSON.stringify({ at: new Date(), actor: email, action, subject }));
  };
