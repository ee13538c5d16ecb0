import { runIdOf, type Store } from "@loom/core";
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
import { connect, hasRedis, newPrefix, storeOn } from "./support/stores.ts";

const ROUNDS = 100;
const M = "cut";

describe.runIf(hasRedis)("replies that are lost", () => {
  const { hostname, port } = new URL(inject("redisUrl") || "redis://127.0.0.1:6379");
  const prefix = newPrefix();
  const direct = storeOn(connect(), prefix);
  let proxy: CuttingProxy;
  let store: Store;
  /** Makes a call while the connection is cut in place of the reply to its first request, or to a later one. */
  const cut = <T>(call: () => Promise<T>, after = 0): Promise<T> => {
    proxy.cutReply(after);
    return call();
  };

  beforeAll(async () => {
    proxy = await startCuttingProxy({ host: hostname, port: Number(port || 6379) });
    const url = `redis://${proxy.host}:${proxy.port}`;
    const redis = connect(url, { retryStrategy: () => 1, disableClientInfo: true });
    store = storeOn(redis, prefix);
    await fill(direct, M, []);
    await store.getMigration(M);
    return () => redis.disconnect();
  });
  afterAll(() => proxy.close());

  test("lead to no wrong answer, and nothing is done twice", { timeout: 240_000 }, async () => {
    const before = await countHistory(direct, M);
    for (let n = 0; n < ROUNDS; n++) await cutOneOfEach(`c${n}`, n);
    expect(proxy.cuts).toBe(10 * ROUNDS);
    expect((await countHistory(direct, M)) - before).toBe(7 * ROUNDS);
    expect(await direct.countCandidates(M)).toMatchObject({ notStarted: 0, completed: ROUNDS });
    expect(await direct.nextDueAt()).toBe(null);
  });

  async function cutOneOfEach(candidateId: string, n: number): Promise<void> {
    const ref = { migrationId: M, candidateId };
    const registration = { migration: migrationOf(M), owner: "owner", history: HISTORY };
    expect(await cut(() => store.register(registration), n % 4)).toHaveProperty("registered");
    const merge = { migrationId: M, candidates: [{ id: candidateId }], at: AT, history: HISTORY };
    const discovery = { id: candidateId, complete: false };
    await store.mergeCandidates({ ...merge, candidates: [], discovery });
    const merged = await cut(() => store.mergeCandidates({ ...merge, discovery }), n % 2);
    expect(merged).toEqual({ added: 1, updated: 0, unchanged: 0, removed: 0, preserved: 0 });

    const none = { status: "not_started", attempt: 0 } as const;
    const queued = { status: "queued", attempt: 1 } as const;
    const running = { status: "running", attempt: 1 } as const;
    const queue = changeOf(M, candidateId, [none, queued]);
    expect(await cut(() => store.changeStatus(queue))).toEqual({ applied: true });
    expect(await cut(() => store.saveInputs(ref, queued, { a: "b" }))).toBe(true);
    const conflict = changeOf(M, candidateId, [none, queued]);
    expect(await cut(() => store.changeStatus(conflict))).toMatchObject({
      applied: false,
      found: { ...queued, inputs: { a: "b" } },
    });
    const start = changeOf(M, candidateId, [queued, running]);
    expect(await cut(() => store.changeStatus(start))).toEqual({ applied: true });
    await cut(() => store.appendHistory(M, HISTORY));

    expect(await cut(() => store.commitRun(commitOf(M, candidateId, 0, ["call"])))).toBe(true);
    const request = { owner: "me", now: 5, leaseMs: 1_000, limit: 10 };
    const leased = await cut(() => store.leaseDue(request), n % 2);
    expect(leased.map(({ id }) => id)).toEqual([`${runIdOf(M, candidateId)}:call`]);
    const done = { status: "completed", attempt: 1 } as const;
    const finish = changeOf(M, candidateId, [running, done]);
    const last = { ...commitOf(M, candidateId, 1, []), finish };
    expect(await cut(() => store.commitRun(last))).toBe(true);
    expect(await direct.getCandidate(ref)).toMatchObject(done);
  }
});
