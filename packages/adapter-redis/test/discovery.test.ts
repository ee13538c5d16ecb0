import { LoomError, type Store } from "@loom/core";
import type { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRedisStore } from "../src/index.ts";
import { AT, changeOf, fill, HISTORY } from "../../../test/stores/builders.ts";
import { breaking } from "./support/breaking.ts";
import { connect, hasRedis, newPrefix, storeOn } from "./support/stores.ts";

const M = "big";
const NONE = { status: "not_started", attempt: 0 } as const;
const NOTHING = { added: 0, updated: 0, unchanged: 0, removed: 0, preserved: 0 };

describe.runIf(hasRedis)("a discovery of several scripts", () => {
  let redis: Redis;
  let prefix: string;
  let store: Store;

  beforeEach(async () => {
    redis = connect();
    prefix = newPrefix();
    store = storeOn(redis, prefix);
    await fill(store, M, []);
  });
  afterEach(() => redis.disconnect());

  const ids = (count: number, from = 0) =>
    Array.from({ length: count }, (_, n) => ({ id: `c${n + from}`, kind: `k${n % 3}` }));
  const submit = (to: Store, candidates: readonly { id: string }[], id: string, complete = true) =>
    to.mergeCandidates({
      migrationId: M,
      candidates,
      discovery: { id, complete },
      at: AT,
      history: HISTORY,
    });

  test("takes thousands of candidates, and removes those that it leaves out", async () => {
    expect(await submit(store, ids(5_000), "d1")).toEqual({ ...NOTHING, added: 5_000 });
    for (const { id } of ids(5)) {
      const queued = { status: "queued", attempt: 1 } as const;
      await store.changeStatus(changeOf(M, id, [NONE, queued]));
    }
    const answer = await submit(store, ids(3_000, 2_500), "d2");
    const left = { removed: 2_495, preserved: 5 };
    expect(answer).toEqual({ ...NOTHING, ...left, updated: 2_500, added: 500 });
    expect((await store.listCandidates(M, { kind: "k1", limit: 500 })).items.length).toBe(500);
    expect(await store.countCandidates(M)).toMatchObject({ notStarted: 3_000, queued: 5 });
  });

  for (const after of [1, 2, 3, 5, 7, 8, 9])
    test(`is completed by the same submission when it broke off after ${after} requests`, async () => {
      await submit(store, ids(1_500, 10_000), "old");
      const dying = createRedisStore({ redis: breaking(redis, after), prefix });
      const broken = await submit(dying, ids(1_200), "new").catch((error: unknown) => error);
      expect(LoomError.is(broken, "store_unavailable")).toBe(true);
      await submit(store, ids(1_200), "new");
      const { items } = await store.listCandidates(M, { q: "c100", limit: 500 });
      expect(items.filter(({ candidate }) => candidate.id.length > 5)).toEqual([]);
      expect(await store.countCandidates(M)).toMatchObject({ notStarted: 1_200 });
      expect(await keysOf(redis, `${prefix}:{${M}}:c:*`)).toBe(1_200);
    });

  test("removes nothing that two discoveries at once both list", async () => {
    await submit(store, ids(1_000), "old");
    await Promise.all([submit(store, ids(600), "a"), submit(store, ids(600, 400), "b")]);
    const refs = ids(200, 400).map(({ id }) => ({ migrationId: M, candidateId: id }));
    const records = await Promise.all(refs.map((ref) => store.getCandidate(ref)));
    expect(records.filter((record) => record === null)).toEqual([]);
  });
});

async function keysOf(redis: Redis, pattern: string): Promise<number> {
  return (await redis.keys(pattern)).length;
}
