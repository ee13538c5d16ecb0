import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeMigrationStore, describeRunStore } from "@loom/testing/vitest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRedisStore } from "../src/index.ts";
import { fill } from "../../../test/stores/builders.ts";
import { startCluster, type TestCluster } from "./support/cluster.ts";
import { rightsInReadme } from "./support/rights.ts";
import { canStartRedis, newPrefix } from "./support/stores.ts";

describe.runIf(canStartRedis)("a store on a cluster of three nodes", () => {
  let dir: string;
  let nodes: TestCluster;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "loom-cluster-"));
    nodes = await startCluster(dir);
  }, 30_000);
  afterAll(async () => {
    await nodes.kill();
    await rm(dir, { recursive: true, force: true });
  });

  const setup = async () => {
    const redis = nodes.connect();
    const store = createRedisStore({ redis, prefix: newPrefix() });
    return { store, teardown: async () => redis.disconnect() };
  };

  describeMigrationStore("on a Redis cluster", { setup });
  describeRunStore("on a Redis cluster", { setup });

  test("serves a user who has the rights that the README tells to grant", async () => {
    const { scripts, cluster } = await rightsInReadme();
    await nodes.addUser("loom", [...scripts, ...cluster]);
    const redis = nodes.connect({ username: "loom", password: "any" });
    const store = createRedisStore({ redis });
    await store.ping();
    await fill(store, "m", [{ id: "a" }, { id: "b" }]);
    expect(await store.countCandidates("m")).toMatchObject({ notStarted: 2 });
    redis.disconnect();
  });

  test("spreads migrations over the nodes, each of them with all that is its own", async () => {
    const redis = nodes.connect();
    const prefix = newPrefix();
    const store = createRedisStore({ redis, prefix });
    const ids = Array.from({ length: 12 }, (_, n) => `m${n}`);
    for (const id of ids) await fill(store, id, [{ id: "{a}:b" }, { id: "c}{d" }]);
    await store.ping();
    const places = await Promise.all(
      redis.nodes("master").map(async (node) => {
        const keys = await node.keys(`${prefix}:{*`);
        return new Set(keys.map((key) => key.split(/[{}]/)[1] ?? ""));
      }),
    );
    redis.disconnect();
    expect(places.every(({ size }) => size > 0)).toBe(true);
    expect(places.flatMap((place) => [...place]).toSorted()).toEqual(ids.toSorted());
  });
});
