import { createLocalEngine } from "@loom/local";
import {
  describeExecutionEngine,
  describeMigrationStore,
  describeRunStore,
} from "@loom/testing/vitest";
import { describe } from "vitest";
import { PATIENCE_MS } from "../../../test/patience.ts";
import { connect, hasRedis, storeOn } from "./support/stores.ts";

const setup = async () => {
  const redis = connect();
  return { store: storeOn(redis), teardown: async () => redis.disconnect() };
};

describe.runIf(hasRedis)("a Redis store", () => {
  describeMigrationStore("on Redis", { setup });
  describeRunStore("on Redis", { setup });

  describeExecutionEngine("in process on Redis", {
    patienceMs: PATIENCE_MS,
    setup: async () => ({
      ...(await setup()),
      createEngine: () => createLocalEngine({ leaseMs: 300, pollMs: 20, pauseMs: 40 }),
    }),
  });
});
