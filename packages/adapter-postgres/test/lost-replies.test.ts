import { runIdOf, type Store } from "@loom/core";
import { beforeAll, describe, expect, test } from "vitest";
import type { CuttingProxy } from "../../../test/servers/cutting-proxy.ts";
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
import { openCutPool } from "./cut-connections.ts";
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
  let proxy: CuttingProxy;
  let direct: Store;
  let store: Store;
  /** Makes a call while the connection is cut in place of the reply to its first request, or to a later one. */
  const cut = <T>(call: () => Promise<T>, after = 0): Promise<T> => {
    proxy.cutReply(after);
    return call();
  };

  beforeAll(async () => {
    const cutPool = await openCutPool();
    const setup = await openStore(pool);
    proxy = cutPool.proxy;
    direct = setup.store;
    store = createPostgresStore({ pool: cutPool.pool, schema: setup.schema });
    await fill(direct, M, []);
    await store.getMigration(M);
    return async () => {
      await cutPool.close();
      await setup.teardown();
      await pool.end();
    };
  });

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
});
