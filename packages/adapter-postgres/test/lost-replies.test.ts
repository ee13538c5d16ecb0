import { runIdOf, type Store } from "@loom/core";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type CuttingProxy, startCuttingProxy } from "../../../test/servers/cutting-proxy.ts";
import {
  AT,
  changeOf,
  commitOf,
  countHistory,
  fill,
  HISTORY,
  migrationOf,
} from "../../../test/stores/builders.ts";
import { createPostgresStore } from "../src/index.ts";
import { openPool, openStore } from "./database.ts";

const ROUNDS = 100;
const M = "cut";
const NONE = { status: "not_started", attempt: 0 } as const;
const QUEUED = { status: "queued", attempt: 1 } as const;
const RUNNING = { status: "running", attempt: 1 } as const;
const COMPLETED = { status: "completed", attempt: 1 } as const;
/** How many replies the transactions of a registration and of a merge wait for. */
const [REGISTRATION, MERGE] = [6, 6];

describe("replies that are lost", () => {
  const pool = openPool();
  let cutPool: pg.Pool;
  let schema: string;
  let proxy: CuttingProxy;
  let direct: Store;
  let store: Store;
  /** Makes a call while the connection is cut in place of the reply to its first request, or to a later one. */
  const cut = <T>(call: () => Promise<T>, after = 0): Promise<T> => {
    proxy.cutReply(after);
    return call();
  };

  beforeAll(async () => {
    const url = new URL(inject("postgresUrl"));
    proxy = await startCuttingProxy({ host: url.hostname, port: Number(url.port || 5432) });
    const setup = await openStore(pool);
    ({ schema, store: direct } = setup);
    url.host = `${proxy.host}:${proxy.port}`;
    cutPool = openPool({ connectionString: url.href, max: 1 });
    store = createPostgresStore({ pool: cutPool, schema });
    await fill(direct, M, []);
    await store.getMigration(M);
    return async () => {
      await cutPool.end();
      await setup.teardown();
      await pool.end();
    };
  });
  afterAll(() => proxy.close());

  test("lead to no wrong answer, and nothing is done twice", { timeout: 120_000 }, async () => {
    const before = await countHistory(direct, M);
    for (let n = 0; n < ROUNDS; n++) await cutOneOfEach(`c${n}`, n);
    expect(proxy.cuts).toBe(10 * ROUNDS);
    expect((await countHistory(direct, M)) - before).toBe(6 * ROUNDS);
    expect(await direct.countCandidates(M)).toMatchObject({ notStarted: 0, completed: ROUNDS });
    expect(await direct.nextDueAt()).toBe(null);
  });

  async function cutOneOfEach(candidateId: string, n: number): Promise<void> {
    const ref = { migrationId: M, candidateId };
    const registration = { migration: migrationOf(M), owner: "owner", history: HISTORY };
    expect(await cut(() => store.register(registration), n % REGISTRATION)).toHaveProperty(
      "registered",
    );
    const discovery = { id: candidateId, complete: false };
    const merge = { migrationId: M, candidates: [{ id: candidateId }], at: AT, history: HISTORY };
    const merged = await cut(() => store.mergeCandidates({ ...merge, discovery }), n % MERGE);
    expect(merged).toEqual({ added: 1, updated: 0, unchanged: 0, removed: 0, preserved: 0 });

    const queue = changeOf(M, candidateId, [NONE, QUEUED]);
    expect(await cut(() => store.changeStatus(queue))).toEqual({ applied: true });
    expect(await cut(() => store.saveInputs(ref, QUEUED, { a: "b" }))).toBe(true);
    const conflict = changeOf(M, candidateId, [NONE, QUEUED]);
    const found = { ...QUEUED, inputs: { a: "b" } };
    const answer = await cut(() => store.changeStatus(conflict), n % 2);
    expect(answer).toMatchObject({ applied: false, found });
    const start = changeOf(M, candidateId, [QUEUED, RUNNING]);
    expect(await cut(() => store.changeStatus(start))).toEqual({ applied: true });
    await cut(() => store.appendHistory(M, HISTORY));

    expect(await cut(() => store.commitRun(commitOf(M, candidateId, 0, ["call"])))).toBe(true);
    const request = { owner: "me", now: 5, leaseMs: 1_000, limit: 10 };
    const leased = await cut(() => store.leaseDue(request));
    expect(leased.map(({ id }) => id)).toEqual([`${runIdOf(M, candidateId)}:call`]);
    const stored = await store.loadRun(runIdOf(M, candidateId), 1);
    const finish = changeOf(M, candidateId, [RUNNING, COMPLETED]);
    const last = { ...commitOf(M, candidateId, stored?.version ?? 0, []), finish };
    expect(await cut(() => store.commitRun(last))).toBe(true);
    expect(await direct.getCandidate(ref)).toMatchObject(COMPLETED);
  }

  test("are asked for again while the first request is still under way", async () => {
    await direct.mergeCandidates({
      migrationId: M,
      candidates: [{ id: "held" }],
      discovery: { id: "held", complete: false },
      at: AT,
      history: HISTORY,
    });
    const before = await countHistory(direct, M);
    const holder = await pool.connect();
    await holder.query("BEGIN");
    await holder.query(`SELECT 1 FROM "${schema}".candidates WHERE id = 'held' FOR UPDATE`);
    const change = store.changeStatus(changeOf(M, "held", [NONE, QUEUED]));
    await expect.poll(waiting).toBe(1);
    proxy.cutAll();
    await expect.poll(waiting).toBe(2);
    await holder.query("COMMIT");
    holder.release();
    expect(await change).toEqual({ applied: true });
    expect((await countHistory(direct, M)) - before).toBe(1);
    expect(await direct.countCandidates(M)).toMatchObject({ queued: 1 });
  });

  /** How many statements on our tables wait for a lock. */
  async function waiting(): Promise<number> {
    const { rows } = await pool.query(
      `SELECT count(*)::integer AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%${schema}%'`,
    );
    return Number(rows[0]?.waiting);
  }
});
