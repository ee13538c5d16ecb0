import { describeMigrationStore, describeRunStore } from "@loom/testing/vitest";
import { createMemoryStore } from "../src/index.ts";

const setup = async () => ({ store: createMemoryStore(), teardown: async () => {} });

describeMigrationStore("in memory", { setup });
describeRunStore("in memory", { setup });
