import type pg from "pg";
import { afterEach, describe, expect, inject, test } from "vitest";
import { entryOf } from "./inbox-entry.ts";
import { HISTORY } from "../../../test/stores/builders.ts";
import { createPostgresStore } from "../src/index.ts";
import {
  createPostgresMigratorStore,
  postgresMigratorMigrationSql,
} from "../src/migrator/index.ts";
import { anySchema, dropSchema, openPool, openStore, usePool } from "./database.ts";

const admin = usePool();
const ALL = "SELECT, INSERT, UPDATE, DELETE";

describe("a role that does not own the schema", () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });

  /** A pool of a new role that has these rights on the tables of a schema, and may use the schema. */
  async function poolWith(schema: string, rights: string): Promise<pg.Pool> {
    const role = anySchema();
    await admin.query(`
      CREATE ROLE "${role}" LOGIN PASSWORD 'loom';
      GRANT USAGE ON SCHEMA "${schema}" TO "${role}";
      GRANT ${rights} ON ALL TABLES IN SCHEMA "${schema}" TO "${role}"`);
    const url = new URL(inject("postgresUrl"));
    [url.username, url.password] = [role, "loom"];
    const pool = openPool({ connectionString: url.href });
    ends.push(async () => {
      await pool.end();
      await admin.query(`DROP OWNED BY "${role}"; DROP ROLE "${role}"`);
    });
    return pool;
  }

  async function storeSchema(): Promise<string> {
    const { schema, teardown } = await openStore(admin);
    ends.push(teardown);
    return schema;
  }

  async function migratorSchema(): Promise<string> {
    const schema = anySchema();
    await admin.query(postgresMigratorMigrationSql({ schema }));
    ends.push(() => dropSchema(admin, schema));
    return schema;
  }

  test("is served with the rights that the README names", async () => {
    const schema = await storeSchema();
    const store = createPostgresStore({ pool: await poolWith(schema, ALL), schema });
    await store.migrate();
    await store.ping();
    await store.appendHistory("m", HISTORY);
    expect((await store.listHistory("m", { limit: 1 })).items).toEqual([HISTORY]);
  });

  test("is served with them as a migrator, too", async () => {
    const schema = await migratorSchema();
    const store = createPostgresMigratorStore({ pool: await poolWith(schema, ALL), schema });
    await store.open();
    const event = { id: "e", stream: "s", runId: "r", callbackId: "L1.x", body: {} } as never;
    expect(await store.inbox.add(entryOf("call", "run"))).toBe(true);
    await store.outbox.append(event);
    const request = { owner: "me", now: 5, leaseMs: 1_000, limit: 10 };
    expect(await store.inbox.lease(request)).toMatchObject([{ id: "call" }]);
    expect(await store.outbox.lease(request)).toMatchObject([{ id: "e" }]);
  });

  for (const [rights, lacking] of [
    ["SELECT", "INSERT, UPDATE, DELETE"],
    ["SELECT, INSERT, UPDATE", "DELETE"],
  ] as const)
    test(`is refused when it is opened with ${rights} only, and told what it lacks`, async () => {
      const refusal = {
        code: "invalid_configuration",
        message: expect.stringContaining(`lacks ${lacking} on what is in the schema`),
      };
      const schema = await storeSchema();
      const store = createPostgresStore({ pool: await poolWith(schema, rights), schema });
      await expect(store.ping()).rejects.toMatchObject(refusal);
      const other = await migratorSchema();
      const pool = await poolWith(other, rights);
      const opened = createPostgresMigratorStore({ pool, schema: other }).open();
      await expect(opened).rejects.toMatchObject(refusal);
    });

  test("is refused without a right on the types of the schema", async () => {
    const schema = await storeSchema();
    await admin.query(`REVOKE USAGE ON TYPE "${schema}".run_phase FROM PUBLIC`);
    const store = createPostgresStore({ pool: await poolWith(schema, ALL), schema });
    await expect(store.ping()).rejects.toMatchObject({
      code: "invalid_configuration",
      message: expect.stringContaining("lacks USAGE"),
    });
  });

  test("is told how to get a schema that it may not make", async () => {
    const pool = await poolWith(await storeSchema(), ALL);
    const schema = anySchema();
    const told = (sql: string) => ({
      code: "invalid_configuration",
      message: expect.stringMatching(`may not make .* ${sql}.* CREATE on the database`),
    });
    const made = createPostgresStore({ pool, schema }).migrate();
    await expect(made).rejects.toMatchObject(told("postgresMigrationSql"));
    const opened = createPostgresMigratorStore({ pool, schema }).open();
    await expect(opened).rejects.toMatchObject(told("postgresMigratorMigrationSql"));
  });
});
