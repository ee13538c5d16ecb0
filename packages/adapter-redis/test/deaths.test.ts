import { describe, expect, inject, test } from "vitest";
import { DEATHS_TIMEOUT, dieEverywhere } from "../../../test/stores/deaths.ts";
import { connect, hasRedis, newPrefix, storeOn } from "./support/stores.ts";

describe.runIf(hasRedis)("wherever a process over a Redis is killed", () => {
  test("another brings its runs to the same end", { timeout: DEATHS_TIMEOUT }, async () => {
    const prefix = newPrefix();
    const redis = connect();
    const script = new URL("./support/doomed-process.ts", import.meta.url);
    const report = await dieEverywhere(storeOn(redis, prefix), script, [
      inject("redisUrl"),
      prefix,
    ]);
    redis.disconnect();
    expect(report).toMatchObject({ survived: [], wrong: [] });
    expect(report.deaths).toBeGreaterThan(9);
  });
});
