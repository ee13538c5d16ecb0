import { LoomError, type Store } from "@loom/core";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CuttingProxy, startCuttingProxy } from "../../../test/servers/cutting-proxy.ts";
import { type PostgresPair, startPostgresPair } from "../../../test/servers/postgres-pair.ts";
import { AT, changeOf, countHistory, fill, HISTORY } from "../../../test/stores/builders.ts";
import { createPostgresStore } from "../src/index.ts";
import { openPool } from "./database.ts";

const M = "moved";
const NONE = { status: "not_started", attempt: 0 } as const;
const QUEUED = { status: "queued", attempt: 1 } as const;
const HOST = "127.0.0.1";

describe("a Postgres with a replica that has each commit", () => {
  let pair: PostgresPair;
  let proxy: CuttingProxy;
  const pools: pg.Pool[] = [];

  beforeAll(async () => {
    pair = await startPostgresPair();
    proxy = await startCuttingProxy({ host: HOST, port: pair.primary.port });
  });
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    proxy.close();
    await pair.stop();
  });

  function storeAt(url: string): ReturnType<typeof createPostgresStore> {
    const pool = openPool({ connectionString: url });
    pools.push(pool);
    return createPostgresStore({ pool });
  }

  /** What the address of the primary leads to, whichever server that is. */
  function throughProxy(): string {
    const url = new URL(pair.primary.url);
    url.port = String(proxy.port);
    return url.href;
  }

  test("is read from its replica, which is unavailable to every write and to the ping", async () => {
    const store = storeAt(pair.primary.url);
    await store.migrate();
    await fill(store, M, [{ id: "one" }]);
    const replica = storeAt(pair.replica.url);
    await expect.poll(() => replica.getMigration(M)).toMatchObject({ id: M });
    expect(await replica.countCandidates(M)).toMatchObject({ notStarted: 1 });
    const writes = [
      () => replica.ping(),
      () => replica.changeStatus(changeOf(M, "one", [NONE, QUEUED])),
      () => fill(replica, "other", [{ id: "x" }]),
      () => replica.appendHistory(M, HISTORY),
    ];
    for (const write of writes)
      await expect(write()).rejects.toMatchObject({
        code: "store_unavailable",
        message: expect.stringMatching(/read-only here: a replica/),
      });
    expect(await store.countCandidates(M)).toMatchObject({ notStarted: 1, queued: 0 });
  });

  test("loses nothing that was acknowledged when the primary is killed and the replica takes its place", {
    timeout: 120_000,
  }, async () => {
    const store = storeAt(throughProxy());
    const ids = Array.from({ length: 400 }, (_, n) => `c${n}`);
    await store.mergeCandidates({
      migrationId: M,
      candidates: ids.map((id) => ({ id })),
      discovery: { id: "more", complete: false },
      at: AT,
      history: HISTORY,
    });
    const lines = await countHistory(store, M);
    const changes = ids.map((id) => changeOf(M, id, [NONE, QUEUED]));
    const moves = changes.map((change) => answerOf(store, change));
    await moves[100];
    await pair.killPrimary();
    proxy.redirect({ host: HOST, port: pair.replica.port });
    const toReplica = changes.slice(-20).map((change) => answerOf(store, change));
    const answers = [...(await Promise.all(moves)), ...(await Promise.all(toReplica))];
    expect(new Set(answers)).toEqual(new Set(["applied", "unavailable"]));
    await pair.promote();
    await expect.poll(() => store.ping().then(() => "up", String)).toBe("up");

    const records = await Promise.all(
      ids.map((candidateId) => store.getCandidate({ migrationId: M, candidateId })),
    );
    const lost = records.filter(
      (record, n) => answers[n] === "applied" && record?.status !== "queued",
    );
    expect(lost).toEqual([]);
    const again = await Promise.all(changes.map((change) => answerOf(store, change)));
    expect(again.filter((answer) => answer !== "applied")).toEqual([]);
    expect(await store.countCandidates(M)).toMatchObject({ notStarted: 1, queued: ids.length });
    expect(await countHistory(store, M)).toBe(lines + ids.length);
  });
});

/** Anything but these two is a wrong answer. */
async function answerOf(
  store: Store,
  change: ReturnType<typeof changeOf>,
): Promise<"applied" | "unavailable" | "conflict"> {
  try {
    return (await store.changeStatus(change)).applied ? "applied" : "conflict";
  } catch (error) {
    if (LoomError.is(error, "store_unavailable")) return "unavailable";
    throw error;
  }
}
