import { describeExecutionEngine } from "@loom/testing/vitest";
import { PATIENCE_MS } from "../../../test/patience.ts";
import { createLocalEngine, createMemoryStore } from "../src/index.ts";

describeExecutionEngine("in process", {
  patienceMs: PATIENCE_MS,
  setup: async () => ({
    store: createMemoryStore(),
    createEngine: () => createLocalEngine({ leaseMs: 300, pollMs: 20, pauseMs: 40 }),
    teardown: async () => {},
  }),
});
