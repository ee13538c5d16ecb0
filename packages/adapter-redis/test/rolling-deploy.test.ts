import { describe, expect, inject, test } from "vitest";
import { DEPLOY_TEST_MS, killOneOfTwo } from "../../../test/stores/rolling-deploy.ts";
import { connect, hasRedis, newPrefix, storeOn } from "./support/stores.ts";

describe.runIf(hasRedis)("two processes over one Redis", () => {
  test("bring every run to its end when one of them is killed", {
    timeout: DEPLOY_TEST_MS,
  }, async () => {
    const prefix = newPrefix();
    const redis = connect();
    const script = new URL("./support/loom-process.ts", import.meta.url);
    const args = [inject("redisUrl"), prefix];
    const report = await killOneOfTwo(storeOn(redis, prefix), script, args, 40);
    redis.disconnect();
    expect(report).toMatchObject({ completed: 40, doubled: [] });
    expect(report.interrupted).toBeGreaterThan(0);
    expect(report.takenOver).toBeGreaterThanOrEqual(report.interrupted);
  });
});
