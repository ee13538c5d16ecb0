import { createHash, randomBytes } from "node:crypto";
import type { Pool } from "pg";
import type { Role, User } from "./user.ts";

/** Who is logged in, by bearer token. The accounts of programs have sessions too. */
export interface Sessions {
  /** Begins a session of twelve hours. @returns its token, which is written down nowhere */
  begin(user: User): Promise<string>;
  userOf(token: string): Promise<User | undefined>;
}

/** Keeps them in the service's database, by the digest of their token. */
export function createSessions(pool: Pool): Sessions {
  return {
    async begin({ email, role }) {
      const token = randomBytes(24).toString("base64url");
      await pool.query(
        `insert into catalogue.sessions (digest, email, role, expires_at)
         values ($1, $2, $3, now() + interval '12 hours')`,
        [digestOf(token), email, role],
      );
      return token;
    },
    async userOf(token) {
      const { rows } = await pool.query<{ email: string; role: Role }>(
        "select email, role from catalogue.sessions where digest = $1 and expires_at > now()",
        [digestOf(token)],
      );
      return rows[0];
    },
  };
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
