import { describeExecutionEngine } from "@loom/testing/vitest";
import { createLocalEngine, createMemoryStore } from "../src/index.ts";

describeExecutionEngine("in process", {
  setup: async () => ({
    store: createMemoryStore(),
    createEngine: () => createLocalEngine({ leaseMs: 300, pollMs: 20, pauseMs: 40 }),
    teardown: async () => {},
  }),
});
