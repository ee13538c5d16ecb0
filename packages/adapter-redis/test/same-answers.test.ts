import { createMemoryStore } from "@loom/local";
import * as fc from "fast-check";
import { Redis } from "ioredis";
import { describe, expect, inject, test } from "vitest";
import { sameAnswers } from "../../../test/stores/same-answers.ts";
import { createRedisStore, type RedisClient } from "../src/index.ts";
import { hasRedis, newPrefix } from "./support/stores.ts";

const url = inject("redisUrl");

/** Clients as their users set them up. */
const CLIENTS: Readonly<Record<string, () => RedisClient & { disconnect(): void }>> = {
  "as it comes": () => new Redis(url),
  "with a key prefix of its own": () => new Redis(url, { keyPrefix: "{user}:" }),
  "with automatic pipelines": () => new Redis(url, { enableAutoPipelining: true }),
  "with the older protocol": () => new Redis(url, { protocol: 2 }),
  "with replies mapped as RESP3": () => new Redis<"resp3">(url, { replyMapping: "resp3" }),
  "with numbers as strings": () => new Redis(url, { stringNumbers: true }),
};

describe.runIf(hasRedis)("a Redis store gives the same answers as the memory store", () => {
  for (const [name, connect] of Object.entries(CLIENTS))
    test(`over a client ${name}, whatever is done`, { timeout: 240_000 }, async () => {
      const redis = connect();
      const open = async () => ({
        reference: createMemoryStore(),
        store: createRedisStore({ redis, prefix: newPrefix() }),
      });
      const law = sameAnswers(open, ({ expected, found }) => expect(found).toEqual(expected));
      await fc.assert(law, { numRuns: name === "as it comes" ? 200 : 30 });
      redis.disconnect();
    });
});
