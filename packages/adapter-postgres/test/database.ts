import { randomUUID } from "node:crypto";
import type { StoreSetup } from "@loom/testing";
import pg from "pg";
import { afterAll, inject } from "vitest";
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

/** A pool that ends with the tests of the file. */
export function usePool(options: pg.PoolConfig = {}): pg.Pool {
  const pool = openPool(options);
  afterAll(() => pool.end());
  return pool;
}

/** A name for a schema that nobody else has. */
export function anySchema(): string {
  return `loom_${randomUUID().slice(0, 13)}`;
}

/** A store in a schema of its own, which is gone after the test. */
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

/** Removes all that is in the tables of a schema. */
export async function emptySchema(pool: pg.Pool, schema: string): Promise<void> {
  await pool.query(emptySql(schema));
}

/** Runs SQL, on a server or in this process. */
type Run = (sql: string) => Promise<unknown>;

/**
 * Stores for suites that want one for each test: a schema that was emptied is used again, which is much faster than to make one.
 *
 * @param open makes the store in a schema; it is asked to make the schema the first time
 */
export function useStores<S extends { migrate(): Promise<void> }>(
  open: (schema: string) => S,
  run: Run,
): () => Promise<{ readonly store: S; readonly teardown: () => Promise<void> }> {
  const free: string[] = [];
  const all: string[] = [];
  afterAll(async () => {
    for (const schema of all) await run(`DROP SCHEMA "${schema}" CASCADE`);
  }, 60_000);
  return async () => {
    const schema = free.pop() ?? anySchema();
    const store = open(schema);
    if (!all.includes(schema)) await store.migrate();
    if (!all.includes(schema)) all.push(schema);
    const teardown = async () => {
      await run(emptySql(schema));
      free.push(schema);
    };
    return { store, teardown };
  };
}

function emptySql(schema: string): string {
  return `DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT table_name FROM information_schema.tables
      WHERE table_schema = '${schema}' AND table_name <> 'schema_versions'
    LOOP EXECUTE format('DELETE FROM %I.%I', '${schema}', name); END LOOP;
  END $$`;
}
