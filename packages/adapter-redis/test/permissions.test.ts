import { createMemoryStore } from "@loom/local";
import { memoryMigratorStore } from "@loom/migrator-sdk";
import * as fc from "fast-check";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RedisServer, startRedis } from "../../../test/servers/redis.ts";
import { fill } from "../../../test/stores/builders.ts";
import { sameAnswers } from "../../../test/stores/same-answers.ts";
import { createRedisMigratorStore } from "../src/migrator/index.ts";
import { migratorDeeds } from "./support/migrator-deeds.ts";
import { rightsInReadme } from "./support/rights.ts";
import { canStartRedis, connect, storeOn } from "./support/stores.ts";

describe.runIf(canStartRedis)("a user of Redis", () => {
  let server: RedisServer;
  let admin: Redis;
  const clients: Redis[] = [];

  beforeAll(async () => {
    server = await startRedis();
    admin = connect(server.url);
  });
  afterAll(async () => {
    for (const client of [...clients, admin]) client.disconnect();
    await server.kill();
  });

  /** A client of a user who may do this and nothing else. */
  async function userWith(...rights: readonly string[]): Promise<Redis> {
    const name = `user${clients.length}`;
    await admin.call("ACL", "SETUSER", name, "on", "nopass", ...rights);
    const redis = connect(server.url, { username: name, password: "any" });
    clients.push(redis);
    return redis;
  }

  test("needs no more than the README tells to grant", { timeout: 240_000 }, async () => {
    const redis = await userWith(...(await rightsInReadme()).scripts);
    const store = storeOn(redis, "loom");
    await store.ping();
    const open = async () => {
      await admin.flushall();
      return { reference: createMemoryStore(), store };
    };
    const law = sameAnswers(open, ({ expected, found }) => expect(found).toEqual(expected));
    await fc.assert(law, { numRuns: 20 });
    const migrator = createRedisMigratorStore({ redis });
    await migrator.open();
    const deeds = fc.asyncProperty(migratorDeeds, async (given) => {
      await admin.flushall();
      const memory = memoryMigratorStore({ shared: true });
      for (const deed of given) expect(await deed(migrator)).toEqual(await deed(memory));
    });
    await fc.assert(deeds, { numRuns: 20 });
  });

  test("is told what it lacks when a script may not do what it does", async () => {
    const redis = await userWith("~*", "+@all", "-hset");
    await expect(fill(storeOn(redis, "loom"), "m", [])).rejects.toMatchObject({
      code: "store_unavailable",
      message: expect.stringContaining("commands that the README of @loom/adapter-redis lists"),
    });
  });
});
