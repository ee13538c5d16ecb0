import { createHash, randomBytes } from "node:crypto";
import type { Redis } from "ioredis";
import type { User } from "./user.ts";

/** Who is logged in, by bearer token. The accounts of programs have sessions too. */
export interface Sessions {
  /** Begins a session of twelve hours. @returns its token, which is written down nowhere */
  begin(user: User): Promise<string>;
  userOf(token: string): Promise<User | undefined>;
}

const SECONDS = 12 * 3_600;

/** Keeps them in the service's Redis, by the digest of their token. */
export function createSessions(redis: Redis): Sessions {
  return {
    async begin(user) {
      const token = randomBytes(24).toString("base64url");
      await redis.set(keyOf(token), JSON.stringify(user), "EX", SECONDS);
      return token;
    },
    async userOf(token) {
      const user = await redis.get(keyOf(token));
      return user === null ? undefined : (JSON.parse(user) as User);
    },
  };
}

function keyOf(token: string): string {
  return `session:${createHash("sha256").update(token).digest("base64url")}`;
}
