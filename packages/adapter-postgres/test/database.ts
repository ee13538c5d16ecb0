import { randomUUID } from "node:crypto";
import type { StoreSetup } from "@loom/testing";
import pg from "pg";
import { inject } from "vitest";
import {
  createPostgresStore,
  type PostgresStore,
  type PostgresStoreOptions,
} from "../src/index.ts";

/** A pool of the test run's Postgres. */
export function openPool(options: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({ connectionString: inject("postgresUrl"), max: 8, ...options });
  pool.on("error", () => {});
  return pool;
}

/** A name for a schema that nobody else has. */
export function anySchema(): string {
  return `loom_${randomUUID().slice(0, 13)}`;
}

/** A store in a schema of its own. */
export async function openStore(
  pool: pg.Pool,
  options: Partial<PostgresStoreOptions> = {},
): Promise<StoreSetup & { readonly store: PostgresStore; readonly schema: string }> {
  const schema = anySchema();
  const store = createPostgresStore({ pool, schema, ...options });
  await store.migrate();
  return { store, schema, teardown: () => dropSchema(pool, schema) };
}

export async function dropSchema(pool: pg.Pool, schema: string): Promise<void> {
  await pool.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
}
