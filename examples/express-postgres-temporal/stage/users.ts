import { migrateDatabase, openDatabase } from "../platform/database.ts";
import { addUser } from "../platform/users.ts";
import { newToken } from "./secrets.ts";

/** The tokens of the platform's users. */
export interface Tokens {
  readonly operator: string;
  readonly viewer: string;
  readonly migrator: string;
}

/** The platform has had users for long. */
export async function createUsers(databaseUrl: string): Promise<Tokens> {
  const tokens = { operator: newToken(), viewer: newToken(), migrator: newToken() };
  const pool = openDatabase(databaseUrl);
  await migrateDatabase(pool);
  await addUser(pool, { email: "olivia@platform.example", role: "operator" }, tokens.operator);
  await addUser(pool, { email: "victor@platform.example", role: "viewer" }, tokens.viewer);
  await addUser(pool, { email: "keys@platform.example", role: "migrator" }, tokens.migrator);
  await pool.end();
  return tokens;
}
