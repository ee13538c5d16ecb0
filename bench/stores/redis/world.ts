import { createRedisStore } from "@loom/adapter-redis";
import { Redis } from "ioredis";
import { startRedis } from "../../../test/servers/redis.ts";
import type { Way, World } from "../world.ts";
import { createRawRedis } from "./raw.ts";

/** A Redis that keeps nothing on disk, with Loom's keys beside those by hand. */
export async function openRedis(): Promise<World> {
  const server = await startRedis();
  const redis = new Redis(server.url);
  const [store, raw] = [createRedisStore({ redis }), createRawRedis(redis)];
  const wayOf = (atOnce: number): Way => ({ name: `${atOnce} in flight`, atOnce, store, raw });
  const version = /redis_version:(\S+)/.exec(await redis.info("server"))?.[1] ?? "";
  return {
    about: `Redis ${version}, nothing on disk, one connection, scripts on both sides`,
    ways: [wayOf(1), wayOf(64)],
    mostBytes: 400,
    paces: { "": 0.5 },
    counted:
      "the growth of used_memory, less MEMORY USAGE of runs and history, which are counted apart",
    async empty() {
      await redis.flushall();
    },
    async tidy() {},
    async footprint() {
      const all = await usedMemory(redis);
      const runs = (await usageOf(redis, "loom:*:m:*")) + (await usageOf(redis, "loom:*:v:*"));
      const history = await usageOf(redis, "loom:*:history");
      return { candidates: all - runs - history, runs, history };
    },
    async close() {
      redis.disconnect();
      await server.kill();
    },
  };
}

/** Without the buffers of connections. */
async function usedMemory(redis: Redis): Promise<number> {
  const info = await redis.info("memory");
  const field = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1]);
  return field("used_memory") - field("mem_clients_normal");
}

async function usageOf(redis: Redis, pattern: string): Promise<number> {
  let sum = 0;
  for await (const keys of redis.scanStream({ match: pattern, count: 1_000 })) {
    const asking = redis.pipeline();
    for (const key of keys as string[]) asking.memory("USAGE", key, "SAMPLES", 0);
    for (const [, bytes] of (await asking.exec()) ?? []) sum += Number(bytes);
  }
  return sum;
}
