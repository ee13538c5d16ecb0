import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRedisStore } from "../src/index.ts";
import { startCluster } from "./support/cluster.ts";
import { runThrough, writeThrough } from "./support/outage.ts";
import { startWatchedRedis } from "./support/sentinel.ts";
import { canStartRedis, newPrefix, storeOn } from "./support/stores.ts";

const TIME = { timeout: 240_000 };

describe.runIf(canStartRedis)("a Redis whose replica takes over", () => {
  const ends: (() => unknown)[] = [];
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "loom-failover-"));
    ends.push(() => rm(dir, { recursive: true, force: true }));
  });
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });

  test("ends every run that was under way when the primary was killed", TIME, async () => {
    const watched = await startWatchedRedis(dir, ends);
    const redis = watched.connect();
    const begin = async () => {
      await watched.settle();
      await watched.killPrimary();
    };
    const report = await runThrough(storeOn(redis), begin, () => watched.promote());
    expect(report).toEqual({
      completed: 12,
      codes: ["store_unavailable"],
      dispatches: 24,
      steps: 24,
    });
  });

  test(
    "tells writers no wrong, and keeps nothing by halves, when the primary is killed",
    TIME,
    async () => {
      const watched = await startWatchedRedis(dir, ends);
      const redis = watched.connect();
      ends.push(() => redis.disconnect());
      const report = await writeThrough(storeOn(redis), "m", async () => {
        await watched.settle();
        await watched.killPrimary();
        await watched.promote();
      });
      // The last writes before the death may be lost, because replication is asynchronous.
      expect(report).toEqual({ ...report, wrong: [], isWhole: true });
    },
  );

  test(
    "loses nothing at all when a node of a cluster hands over to its replica",
    TIME,
    async () => {
      const cluster = await startCluster(dir);
      ends.push(() => cluster.kill());
      const replica = await cluster.addReplica();
      const redis = cluster.connect();
      ends.push(() => redis.disconnect());
      const store = createRedisStore({ redis, prefix: newPrefix() });
      const report = await writeThrough(store, replica.migrationId, () => replica.takeOver());
      expect(report).toEqual({ moves: report.moves, lost: 0, wrong: [], isWhole: true });
    },
  );
});
