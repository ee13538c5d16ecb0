import { describe } from "vitest";
import { describeMigrationStore, describeRunStore } from "@loom/testing/vitest";
import { connect, hasRedis, storeOn } from "./support/stores.ts";

describe.runIf(hasRedis)("a Redis store", () => {
  const setup = async () => {
    const redis = connect();
    return { store: storeOn(redis), teardown: async () => redis.disconnect() };
  };

  describeMigrationStore("on Redis", { setup });
  describeRunStore("on Redis", { setup });
});
