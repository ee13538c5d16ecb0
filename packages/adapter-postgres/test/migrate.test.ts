import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, describe, expect, inject, test } from "vitest";
import { createPostgresStore, postgresMigrationSql } from "../src/index.ts";
import { anySchema, dropSchema, openPool, openStore } from "./database.ts";

const pool = openPool();
afterAll(() => pool.end());

describe("the schema of a Postgres store", () => {
  const applied = async (schema: string) => {
    const { rows } = await pool.query(
      `SELECT number, breaking FROM "${schema}".schema_versions ORDER BY number`,
    );
    return rows;
  };

  test("is made once by eight processes that start at once", { timeout: 60_000 }, async () => {
    const schema = anySchema();
    const script = new URL("./migrate-process.ts", import.meta.url).pathname;
    const given = ["--conditions=@loom/source", script, inject("postgresUrl"), schema];
    const start = () => promisify(execFile)(process.execPath, given);
    await Promise.all(Array.from({ length: 8 }, start));
    expect(await applied(schema)).toEqual([{ number: 1, breaking: false }]);
    await dropSchema(pool, schema);
  });

  test("is made once by many that come at once, under any default isolation", async () => {
    const schema = anySchema();
    const strict = openPool({ options: "-c default_transaction_isolation=serializable" });
    await Promise.all(
      Array.from({ length: 8 }, () => createPostgresStore({ pool: strict, schema }).migrate()),
    );
    expect(await applied(schema)).toEqual([{ number: 1, breaking: false }]);
    await strict.end();
    await dropSchema(pool, schema);
  });

  test("is made by the SQL that is printed, and by it again", async () => {
    const schema = anySchema();
    const sql = postgresMigrationSql({ schema });
    const store = createPostgresStore({ pool, schema });
    await pool.query(sql);
    await pool.query(sql);
    await store.ping();
    expect(await store.listMigrations()).toEqual([]);
    await dropSchema(pool, schema);
  });

  test("serves a role that may only use it, once another has made it", async () => {
    const { schema, teardown } = await openStore(pool);
    await pool.query(`
      CREATE ROLE "${schema}" LOGIN PASSWORD 'loom';
      GRANT USAGE ON SCHEMA "${schema}" TO "${schema}";
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "${schema}" TO "${schema}"`);
    const url = new URL(inject("postgresUrl"));
    [url.username, url.password] = [schema, "loom"];
    const guest = openPool({ connectionString: url.href });
    const store = createPostgresStore({ pool: guest, schema });
    await store.migrate();
    await store.ping();
    await store.appendHistory("m", {
      at: "2030-01-01T00:00:00.000Z",
      actor: { id: "a" },
      action: "start",
    });
    expect((await store.listHistory("m", { limit: 1 })).items).toHaveLength(1);
    await guest.end();
    await pool.query(`DROP OWNED BY "${schema}"; DROP ROLE "${schema}"`);
    await teardown();
  });

  test("may be newer than the process, unless it broke with it", async () => {
    const { store, schema, teardown } = await openStore(pool);
    await pool.query(
      `INSERT INTO "${schema}".schema_versions (number, breaking) VALUES (98, false)`,
    );
    await store.migrate();
    await store.ping();
    await pool.query(
      `INSERT INTO "${schema}".schema_versions (number, breaking) VALUES (99, true)`,
    );
    for (const refused of [store.ping(), store.migrate()])
      await expect(refused).rejects.toMatchObject({
        code: "invalid_configuration",
        message: expect.stringMatching(/newer version of Loom/),
      });
    await teardown();
  });

  test("is refused while a version that the process needs is not there", async () => {
    const { store, schema, teardown } = await openStore(pool);
    await pool.query(`DELETE FROM "${schema}".schema_versions`);
    await expect(store.ping()).rejects.toMatchObject({ code: "invalid_configuration" });
    await teardown();
  });

  for (const schema of ["", "a b", 'a"b', "pg_loom", "1a", "x".repeat(64), "a;b"])
    test(`is not named ${JSON.stringify(schema)}`, () => {
      const create = () => createPostgresStore({ pool, schema });
      expect(create).toThrow(expect.objectContaining({ code: "invalid_configuration" }));
    });

  test("keeps stores of different schemas apart, in one pool", async () => {
    const [one, other] = [await openStore(pool), await openStore(pool, { namedStatements: false })];
    const entry = { at: "2030-01-01T00:00:00.000Z", actor: { id: "a" }, action: "start" } as const;
    await one.store.appendHistory("m", entry);
    expect((await other.store.listHistory("m", { limit: 5 })).items).toEqual([]);
    await one.teardown();
    await other.teardown();
  });
});
