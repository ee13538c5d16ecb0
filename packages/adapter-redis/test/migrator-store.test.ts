import { memoryMigratorStore } from "@loom/migrator-sdk";
import type { MigratorStore } from "@loom/migrator-sdk";
import { describeMigratorStore } from "@loom/testing/vitest";
import * as fc from "fast-check";
import { describe, expect, inject, test } from "vitest";
import { startCuttingProxy } from "../../../test/servers/cutting-proxy.ts";
import { createRedisMigratorStore } from "../src/migrator/index.ts";
import { type MigratorDeed, migratorDeeds } from "./support/migrator-deeds.ts";
import { connect, hasRedis, newPrefix } from "./support/stores.ts";

describe.runIf(hasRedis)("a migrator's Redis store", () => {
  describeMigratorStore("on Redis", {
    setup: async () => {
      const redis = connect();
      const prefix = newPrefix();
      const open = async () => {
        const store = createRedisMigratorStore({ redis, prefix });
        await store.open();
        return store;
      };
      return { store: await open(), reopen: open, teardown: async () => redis.disconnect() };
    },
  });

  test("gives the same answers as the one in memory, whatever is done", async () => {
    const redis = connect();
    const law = fc.asyncProperty(migratorDeeds, async (deeds) => {
      const found = await answers(createRedisMigratorStore({ redis, prefix: newPrefix() }), deeds);
      expect(found).toEqual(await answers(memoryMigratorStore({ shared: true }), deeds));
    });
    await fc.assert(law, { numRuns: 300 });
    redis.disconnect();
  }, 240_000);

  test("gives them also when the reply to each request is lost", { timeout: 240_000 }, async () => {
    const { hostname, port } = new URL(inject("redisUrl"));
    const proxy = await startCuttingProxy({ host: hostname, port: Number(port || 6379) });
    const redis = connect(`redis://${proxy.host}:${proxy.port}`, { retryStrategy: () => 1 });
    await redis.ping();
    const law = fc.asyncProperty(migratorDeeds, async (deeds) => {
      const store = createRedisMigratorStore({ redis, prefix: newPrefix() });
      const found = await answers(store, deeds, () => proxy.cutReply());
      expect(found).toEqual(await answers(memoryMigratorStore({ shared: true }), deeds));
    });
    await fc.assert(law, { numRuns: 20 });
    redis.disconnect();
    proxy.close();
    expect(proxy.cuts).toBeGreaterThan(400);
  });
});

async function answers(
  store: MigratorStore,
  deeds: readonly MigratorDeed[],
  before: () => void = () => undefined,
): Promise<readonly unknown[]> {
  const given: unknown[] = [];
  for (const deed of deeds) {
    before();
    given.push(await deed(store));
  }
  return given;
}
