import { randomUUID } from "node:crypto";
import type { Store } from "@loom/core";
import { Redis, type RedisOptions } from "ioredis";
import { inject } from "vitest";
import { createRedisStore } from "../../src/index.ts";

/** Whether there is the Redis that all tests share. */
export const hasRedis: boolean = inject("redisUrl") !== "";
/** Whether tests can start servers of their own. */
export const canStartRedis: boolean = inject("canStartRedis");

/** A client of the shared Redis, or of another one. */
export function connect(
  url = inject("redisUrl"),
  options: Omit<RedisOptions, "replyMapping"> = {},
): Redis {
  const redis = new Redis(url, options);
  redis.on("error", () => undefined);
  return redis;
}

/** A prefix that no other test has. */
export function newPrefix(): string {
  return `test-${randomUUID()}`;
}

/** A store over a client, apart from all others. */
export function storeOn(redis: Redis, prefix = newPrefix()): Store {
  return createRedisStore({ redis, prefix });
}
