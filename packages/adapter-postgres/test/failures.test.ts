import { LoomError, type Store } from "@loom/core";
import pg from "pg";
import { afterAll, afterEach, describe, expect, inject, test } from "vitest";
import { freePort } from "../../../test/servers/free-port.ts";
import { startPostgres } from "../../../test/servers/postgres.ts";
import { changeOf, countHistory, fill } from "../../../test/stores/builders.ts";
import { createPostgresStore } from "../src/index.ts";
import { anySchema, openPool, openStore } from "./database.ts";

const M = "failing";
const NONE = { status: "not_started", attempt: 0 } as const;
const QUEUED = { status: "queued", attempt: 1 } as const;

const admin = openPool();
afterAll(() => admin.end());

describe("a Postgres that fails", () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });

  async function prepare(): Promise<{ readonly store: Store; readonly schema: string }> {
    const { store, schema, teardown } = await openStore(admin);
    ends.push(teardown);
    await fill(store, M, [{ id: "one" }]);
    return { store, schema };
  }

  function poolOf(options: pg.PoolConfig): pg.Pool {
    const pool = openPool(options);
    ends.push(() => pool.end());
    return pool;
  }

  async function role(rights: string): Promise<string> {
    const name = anySchema();
    await admin.query(`CREATE ROLE "${name}" LOGIN PASSWORD 'loom' ${rights}`);
    ends.push(() => admin.query(`DROP OWNED BY "${name}"; DROP ROLE "${name}"`));
    const url = new URL(inject("postgresUrl"));
    [url.username, url.password] = [name, "loom"];
    return url.href;
  }

  test("is unavailable where it is read-only, and changes nothing", async () => {
    const { store, schema } = await prepare();
    const pool = poolOf({ options: "-c default_transaction_read_only=on" });
    await expectRefusal(createPostgresStore({ pool, schema }), /read-only|cannot write/);
    expect(await store.countCandidates(M)).toMatchObject({ notStarted: 1, queued: 0 });
  });

  test("is unavailable when it has no connection left, and says so", async () => {
    const { schema } = await prepare();
    const pool = poolOf({ connectionString: await role("CONNECTION LIMIT 0") });
    await expectRefusal(createPostgresStore({ pool, schema }), /no more connections/);
  });

  for (const [what, password] of [
    ["the right password", "wrong"],
    ["any password", ""],
  ] as const)
    test(`is unavailable without ${what}, and names the credentials`, async () => {
      const { schema } = await prepare();
      const url = new URL(inject("postgresUrl"));
      url.password = password;
      const pool = poolOf({ connectionString: url.href });
      await expectRefusal(createPostgresStore({ pool, schema }), /credentials of the pool/);
    });

  test("is unavailable without the database, and says so", async () => {
    const url = new URL(inject("postgresUrl"));
    url.pathname = anySchema();
    const pool = poolOf({ connectionString: url.href });
    await expectRefusal(createPostgresStore({ pool }), /no database of the name/);
  });

  for (const [setting, message] of [
    ["statement_timeout", /statement_timeout/],
    ["lock_timeout", /lock_timeout/],
  ] as const)
    test(`is unavailable when it waited longer than ${setting}, and names that`, async () => {
      const { schema } = await prepare();
      const pool = poolOf({ options: `-c ${setting}=200` });
      const store = createPostgresStore({ pool, schema });
      const held = await admin.connect();
      await held.query("BEGIN");
      await held.query(`LOCK TABLE "${schema}".candidates IN ACCESS EXCLUSIVE MODE`);
      const change = store.changeStatus(changeOf(M, "one", [NONE, QUEUED]));
      await expect(change).rejects.toMatchObject({
        code: "store_unavailable",
        message: expect.stringMatching(message),
      });
      await held.query("ROLLBACK");
      held.release();
    });

  test("is unavailable where nothing listens", async () => {
    const pool = poolOf({ connectionString: `postgres://a:b@127.0.0.1:${await freePort()}/c` });
    await expectRefusal(createPostgresStore({ pool }));
  });

  test("is unavailable over a pool that has ended", async () => {
    const { schema } = await prepare();
    const pool = openPool();
    await pool.end();
    await expectRefusal(createPostgresStore({ pool, schema }));
  });

  test("is refused with the remedy when its schema is missing", async () => {
    const store = createPostgresStore({ pool: admin, schema: anySchema() });
    for (const call of [() => store.ping(), () => store.getMigration("m")])
      await expect(call()).rejects.toMatchObject({
        code: "invalid_configuration",
        message: expect.stringMatching(/run store\.migrate\(\)/),
      });
  });

  test("is refused to a role without rights on the schema", async () => {
    const { schema } = await prepare();
    const pool = poolOf({ connectionString: await role("") });
    const read = createPostgresStore({ pool, schema }).getMigration(M);
    await expect(read).rejects.toMatchObject({ code: "invalid_configuration" });
  });

  test("is refused when its database has another encoding than UTF8", async () => {
    const database = anySchema();
    await admin.query(
      `CREATE DATABASE "${database}" ENCODING SQL_ASCII LOCALE 'C' TEMPLATE template0`,
    );
    ends.push(() => admin.query(`DROP DATABASE "${database}"`));
    const url = new URL(inject("postgresUrl"));
    url.pathname = database;
    const store = createPostgresStore({ pool: poolOf({ connectionString: url.href }) });
    await store.migrate();
    await expect(store.ping()).rejects.toMatchObject({ code: "invalid_configuration" });
  });

  test("replaces connections that the server ended, and nobody sees it", async () => {
    const { schema } = await prepare();
    const pool = poolOf({ application_name: schema });
    const store = createPostgresStore({ pool, schema });
    for (let n = 0; n < 10; n++) {
      await Promise.all(Array.from({ length: 8 }, () => store.getMigration(M)));
      await terminate(schema);
      const answers = await Promise.all(Array.from({ length: 8 }, () => store.getMigration(M)));
      expect(answers.every((answer) => answer?.id === M)).toBe(true);
    }
  });

  test("does not end the process of a pool without a listener when an idle connection breaks", async () => {
    const { schema } = await prepare();
    const pool = new pg.Pool({ connectionString: inject("postgresUrl"), application_name: schema });
    ends.push(() => pool.end());
    const store = createPostgresStore({ pool, schema });
    await store.ping();
    await terminate(schema);
    await expect.poll(() => pool.totalCount).toBe(0);
    await store.ping();
  });

  test("leaves no connection in use, whether calls succeed or fail", async () => {
    const { schema } = await prepare();
    const pool = poolOf({ max: 3 });
    const store = createPostgresStore({ pool, schema });
    const calls = Array.from({ length: 60 }, (_, n) => [
      fill(store, `m${n % 5}`, [{ id: "a" }, { id: `b${n}` }]),
      store.changeStatus(changeOf(M, "one", [NONE, QUEUED])),
      store.listRunning({ limit: 10, cursor: "none" }),
      createPostgresStore({ pool, schema: "nowhere" }).register({
        migration: (async () => undefined) as never,
        owner: "x",
        history: changeOf(M, "one", [NONE, QUEUED]).history,
      }),
    ]).flat();
    await Promise.allSettled(calls);
    expect([pool.idleCount, pool.waitingCount]).toEqual([pool.totalCount, 0]);
  });

  test("waits for a connection that others hold, by the rule of the pool", async () => {
    const { schema } = await prepare();
    const pool = poolOf({ max: 2 });
    const store = createPostgresStore({ pool, schema });
    await store.ping();
    const held = [await pool.connect(), await pool.connect()];
    const calls = [
      store.getMigration(M),
      store.changeStatus(changeOf(M, "one", [NONE, QUEUED])),
      fill(store, "other", [{ id: "a" }]),
    ];
    expect(pool.waitingCount).toBe(3);
    for (const client of held) client.release();
    expect(await Promise.all(calls)).toMatchObject([{ id: M }, { applied: true }, undefined]);
  });

  test("is unavailable, with what to do, when no connection came free in the pool's own time", async () => {
    const { schema } = await prepare();
    const pool = poolOf({ max: 1 });
    let asked = 0;
    const connect = pool.connect.bind(pool) as (...given: never[]) => never;
    pool.connect = (...given: never[]) => {
      asked++;
      return connect(...given);
    };
    const store = createPostgresStore({ pool, schema });
    const held = await pool.connect();
    // Only now: how long it takes to connect is the machine's to say.
    pool.options.connectionTimeoutMillis = 50;
    asked = 0;
    await expectRefusal(store, /pool.*greater max/);
    // The ping, the change, the registration, and the line of history: each waited once.
    expect(asked).toBe(4);
    held.release();
    await store.ping();
  });

  test("does a merge and a registration again whose connection is ended in the middle", async () => {
    const { schema } = await prepare();
    const pool = poolOf({ application_name: schema });
    const store = createPostgresStore({ pool, schema });
    for (const [n, table] of ["history", "candidates"].entries()) {
      const held = await admin.connect();
      await held.query("BEGIN");
      await held.query(`LOCK TABLE "${schema}".${table} IN ACCESS EXCLUSIVE MODE`);
      const filled = fill(store, `m${n}`, [{ id: "a" }, { id: "b" }]);
      await expect.poll(() => waiting(schema)).toBe(1);
      await terminate(schema);
      await held.query("COMMIT");
      held.release();
      await filled;
      expect(await store.countCandidates(`m${n}`)).toMatchObject({ notStarted: 2 });
      expect(await countHistory(store, `m${n}`)).toBe(2);
    }
  });

  test("has lost nothing that was acknowledged when it is killed, and goes on after", async () => {
    const server = await startPostgres({ sync: true });
    ends.push(() => server.stop());
    const pool = poolOf({ connectionString: server.url });
    const store = createPostgresStore({ pool });
    await store.migrate();
    const ids = Array.from({ length: 2_000 }, (_, n) => `c${n}`);
    await fill(
      store,
      M,
      ids.map((id) => ({ id })),
    );
    const queue = ids.map((id) => changeOf(M, id, [NONE, QUEUED]));
    const moves = queue.map((change) => store.changeStatus(change));
    await moves[100];
    await server.kill();
    const acknowledged = (await Promise.allSettled(moves)).map(
      ({ status }) => status === "fulfilled",
    );
    await server.restart();
    const known = acknowledged.filter(Boolean).length;
    expect(known).toBeGreaterThan(100);
    expect(known).toBeLessThan(ids.length);
    const refs = ids.map((candidateId) => ({ migrationId: M, candidateId }));
    const found = await Promise.all(refs.map((ref) => store.getCandidate(ref)));
    const lost = found.filter((record, n) => acknowledged[n] && record?.status !== "queued");
    expect(lost).toEqual([]);
    const again = await Promise.all(queue.map((change) => store.changeStatus(change)));
    expect(again.every(({ applied }) => applied)).toBe(true);
    expect(await store.countCandidates(M)).toMatchObject({ notStarted: 0, queued: ids.length });
    const { rows } = await pool.query("SELECT count(*)::integer AS lines FROM loom.history");
    expect(rows).toEqual([{ lines: ids.length + 2 }]);
  }, 60_000);
});

/** Ends the connections of an application. */
async function terminate(application: string): Promise<void> {
  await admin.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '${application}'`,
  );
}

/** How many connections of an application wait for a lock. */
async function waiting(application: string): Promise<number> {
  const { rows } = await admin.query(
    `SELECT count(*)::integer AS waiting FROM pg_stat_activity
      WHERE application_name = '${application}' AND wait_event_type = 'Lock'`,
  );
  return Number(rows[0]?.waiting);
}

/** Every kind of write is refused, and so is the ping; the message tells no SQL and no address. */
async function expectRefusal(store: Store, message = /^Postgres /): Promise<void> {
  const calls = [
    () => store.ping(),
    () => store.changeStatus(changeOf(M, "one", [NONE, QUEUED])),
    () => fill(store, "other", [{ id: "x" }]),
    () => store.appendHistory(M, changeOf(M, "one", [NONE, QUEUED]).history),
  ];
  for (const call of calls) {
    const error = await call().catch((reason: unknown) => reason);
    expect(LoomError.is(error, "store_unavailable")).toBe(true);
    expect(error).toMatchObject({ message: expect.stringMatching(message), retryable: true });
    expect(String(error)).not.toMatch(/SELECT|127\.0\.0\.1|5432/);
  }
}
