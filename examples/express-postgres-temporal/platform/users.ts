import { createHash } from "node:crypto";
import type { Pool } from "pg";

/** Who may use the platform: people, and the accounts of machines such as migrators. */
export interface User {
  readonly email: string;
  readonly role: "viewer" | "operator" | "migrator";
}

/** Whose token that is. */
export async function findUser(pool: Pool, token: string): Promise<User | undefined> {
  const { rows } = await pool.query<User>(
    "SELECT email, role FROM platform.users WHERE token_hash = $1",
    [hashOf(token)],
  );
  return rows[0];
}

export async function addUser(pool: Pool, { email, role }: User, token: string): Promise<void> {
  await pool.query("INSERT INTO platform.users (email, role, token_hash) VALUES ($1, $2, $3)", [
    email,
    role,
    hashOf(token),
  ]);
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
