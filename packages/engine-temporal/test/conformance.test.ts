import { createMemoryStore } from "@loom/local";
import { describeExecutionEngine } from "@loom/testing/vitest";
import { afterAll, beforeAll, vi } from "vitest";
import { given } from "./world/given.ts";
import { engineWithWorker } from "./world/engine-with-worker.ts";
import { connectTemporal, newQueue, type Temporal } from "./world/temporal.ts";

vi.setConfig({ testTimeout: 60_000 });

let temporal: Temporal;
beforeAll(async () => {
  temporal = await connectTemporal(given());
});
afterAll(() => temporal.close());

describeExecutionEngine("in Temporal, memory store", {
  patienceMs: 20_000,
  capabilities: {
    answers: { reason: "a signal is durable before the workflow has computed its answer" },
  },
  setup: async () => {
    const taskQueue = newQueue();
    return {
      store: createMemoryStore(),
      createEngine: () => engineWithWorker(temporal, { taskQueue, heartbeatSeconds: 1 }),
      teardown: async () => {},
    };
  },
});
