import type { Pool } from "pg";
import type { User } from "../auth/user.ts";

/** Writes down who asked for what: each request is a line, one that changed nothing too. */
export type Audit = (actor: User, action: string, subject: string) => Promise<void>;

export const createAudit =
  (pool: Pool): Audit =>
  async ({ email }, action, subject) => {
    await pool.query("insert into catalogue.audit (actor, action, subject) values ($1, $2, $3)", [
      email,
      action,
      subject,
    ]);
  };
