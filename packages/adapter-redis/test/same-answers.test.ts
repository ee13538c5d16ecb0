import { createMemoryStore } from "@loom/local";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sameAnswers } from "../../../test/stores/same-answers.ts";
import { connect, hasRedis, storeOn } from "./support/stores.ts";

describe.runIf(hasRedis)("a Redis store and the memory store", () => {
  test("give the same answers, whatever is done to them", { timeout: 60_000 }, async () => {
    const redis = connect();
    const open = async () => ({ reference: createMemoryStore(), store: storeOn(redis) });
    const law = sameAnswers(open, ({ expected, found }) => expect(found).toEqual(expected));
    await fc.assert(law, { numRuns: 250 });
    redis.disconnect();
  });
});
