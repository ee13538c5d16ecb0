import { LoomError } from "@loom/core";
import type { RedisClient } from "./client.ts";

/** The prefix, if it is one; a brace would end the hash tag early. @throws LoomError `invalid_configuration` */
export function checkPrefix(prefix: unknown): string {
  if (typeof prefix === "string" && prefix !== "" && !/[{}]/.test(prefix)) return prefix;
  throw new LoomError(
    "invalid_configuration",
    "prefix: what the keys of the Redis store begin with, a text without braces.",
  );
}

/** The client, if it is one. @throws LoomError `invalid_configuration` */
export function checkClient(redis: RedisClient | undefined | null): RedisClient {
  if (typeof redis?.defineCommand === "function") return redis;
  throw new LoomError(
    "invalid_configuration",
    "redis: a client of ioredis, for one server, for Sentinel or for a Cluster.",
  );
}
