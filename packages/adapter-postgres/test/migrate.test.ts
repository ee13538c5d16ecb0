import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, describe, expect, inject, test } from "vitest";
import { changeOf, fill } from "../../../test/stores/builders.ts";
import {
  createPostgresStore,
  type PostgresPool,
  type PostgresQuery,
  postgresMigrationSql,
} from "../src/index.ts";
import { createPostgresMigratorStore } from "../src/migrator/index.ts";
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

  test("is the same in every part, made by migrate() or by the SQL that is printed", async () => {
    const [called, printed] = [anySchema(), anySchema()];
    await createPostgresStore({ pool, schema: called }).migrate();
    await pool.query(postgresMigrationSql({ schema: printed }));
    const parts = await partsOf(called);
    expect(parts.length).toBeGreaterThan(100);
    expect(await partsOf(printed)).toEqual(parts);
    for (const schema of [called, printed]) await dropSchema(pool, schema);
  });

  /** All that Postgres knows of a schema, but for its name. */
  async function partsOf(schema: string): Promise<readonly string[]> {
    const { rows } = await pool.query(PARTS, [schema]);
    return rows.map(({ part }) => String(part).replaceAll(schema, "loom"));
  }

  test("may be newer than the process, unless it broke with it", async () => {
    const { store, schema, teardown } = await openStore(pool);
    await pool.query(
      `INSERT INTO "${schema}".schema_versions (number, breaking) VALUES (98, false)`,
    );
    await store.migrate();
    await store.ping();
    await breakWith(schema);
    for (const refused of [store.ping(), store.migrate()])
      await expect(refused).rejects.toMatchObject(BROKEN);
    await teardown();
  });

  test("is not worked with by a process that opens nothing, once a newer version broke with it", async () => {
    const { store: direct, schema, teardown } = await openStore(pool);
    await fill(direct, "m", [{ id: "one" }]);
    await breakWith(schema);
    const positions = [
      { status: "not_started", attempt: 0 },
      { status: "queued", attempt: 1 },
    ] as const;
    const store = createPostgresStore({ pool, schema });
    for (const call of [
      () => store.changeStatus(changeOf("m", "one", positions)),
      () => fill(store, "m", []),
      () => store.getMigration("m"),
      () => store.leaseDue({ owner: "me", now: 1, leaseMs: 1, limit: 1 }),
    ])
      await expect(call()).rejects.toMatchObject(BROKEN);
    expect(await direct.countCandidates("m")).toMatchObject({ notStarted: 1, queued: 0 });
    // It has looked before; it looks again when its readiness is asked.
    await expect(direct.ping()).rejects.toMatchObject(BROKEN);
    await expect(direct.getMigration("m")).rejects.toMatchObject(BROKEN);
    await teardown();
  });

  test("of a migrator's store is not worked with by one that opens nothing either", async () => {
    const schema = anySchema();
    await createPostgresMigratorStore({ pool, schema }).open();
    await breakWith(schema);
    const store = createPostgresMigratorStore({ pool, schema });
    for (const call of [
      () => store.nextDueAt(),
      () => store.inbox.stop("call", 1),
      () => store.outbox.remove("event"),
      () => store.open(),
    ])
      await expect(call()).rejects.toMatchObject(BROKEN);
    await dropSchema(pool, schema);
  });

  test("is looked at once by a store, however many calls begin at once", async () => {
    const { schema, teardown } = await openStore(pool);
    let asked = 0;
    const query = pool.query.bind(pool) as PostgresPool["query"];
    const counting: PostgresPool = Object.create(pool, {
      query: {
        value: (given: PostgresQuery) => {
          asked++;
          return query(given);
        },
      },
    });
    const store = createPostgresStore({ pool: counting, schema });
    await Promise.all(Array.from({ length: 5 }, () => store.getMigration("m")));
    expect(asked).toBe(6);
    await store.getMigration("m");
    expect(asked).toBe(7);
    await teardown();
  });

  /** As a newer version of Loom would that older ones cannot work with. */
  async function breakWith(schema: string): Promise<void> {
    await pool.query(
      `INSERT INTO "${schema}".schema_versions (number, breaking) VALUES (99, true)`,
    );
  }

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

const BROKEN = {
  code: "invalid_configuration",
  message: expect.stringMatching(/newer version of Loom/),
};

const PARTS = `
  WITH own AS (
    SELECT c.*, n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = $1
  )
  SELECT concat_ws(' ', 'relation', relkind, relname, reloptions) AS part FROM own
  UNION ALL SELECT concat_ws(' ', 'column', c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod),
      a.attnotnull, a.attidentity, a.attgenerated, a.attstorage, o.collname, pg_get_expr(d.adbin, d.adrelid))
    FROM own c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    LEFT JOIN pg_collation o ON o.oid = a.attcollation
  UNION ALL SELECT concat_ws(' ', 'index', pg_get_indexdef(oid)) FROM own WHERE relkind = 'i'
  UNION ALL SELECT concat_ws(' ', 'constraint', k.conname, pg_get_constraintdef(k.oid))
    FROM pg_constraint k JOIN own c ON c.oid = k.conrelid
  UNION ALL SELECT concat_ws(' ', 'enum', t.typname, e.enumsortorder, e.enumlabel)
    FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid WHERE t.typnamespace = to_regnamespace(quote_ident($1))
  UNION ALL SELECT concat_ws(' ', 'function', pg_get_functiondef(oid))
    FROM pg_proc WHERE pronamespace = to_regnamespace(quote_ident($1))
  UNION ALL SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(t.oid)) FROM pg_trigger t JOIN own c ON c.oid = t.tgrelid
  ORDER BY part`;
