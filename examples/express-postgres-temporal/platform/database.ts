import { createPostgresStore } from "@loom/adapter-postgres";
import pg from "pg";

/** The platform's own tables. Loom's are in a schema of their own, `loom`. */
const SCHEMA = `
  CREATE SCHEMA IF NOT EXISTS platform;
  CREATE TABLE IF NOT EXISTS platform.users (
    email text PRIMARY KEY,
    role text NOT NULL CHECK (role IN ('viewer', 'operator', 'migrator')),
    token_hash bytea NOT NULL UNIQUE
  );
  CREATE TABLE IF NOT EXISTS platform.services (
    name text PRIMARY KEY,
    team text NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now()
  );`;

/** The pool that the platform's own code and Loom's store share. */
export function openDatabase(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  pool.on("error", (error) => console.error("a connection to Postgres broke:", error.message));
  return pool;
}

/** What each deploy runs first: the platform's tables, and Loom's beside them. */
export async function migrateDatabase(pool: pg.Pool): Promise<void> {
  await pool.query(SCHEMA);
  await createPostgresStore({ pool }).migrate();
}
