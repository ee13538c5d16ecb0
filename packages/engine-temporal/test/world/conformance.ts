import type { Store } from "@loom/core";
import { describeExecutionEngine } from "@loom/testing/vitest";
import { afterAll, beforeAll, vi } from "vitest";
import { engineWithWorker } from "./engine-with-worker.ts";
import { PATIENCE_MS, TEST_TIMEOUT_MS } from "./patience.ts";
import { connectTemporal, type GivenTemporal, newQueue, type Temporal } from "./temporal.ts";

/** A store for one test. */
export interface OpenedStore {
  readonly store: Store;
  readonly teardown: () => Promise<void>;
}

/** Declares the suite of engines for Temporal over a kind of store. */
export function describeOver(
  kind: string,
  given: () => GivenTemporal,
  open: () => Promise<OpenedStore>,
): void {
  vi.setConfig({ testTimeout: TEST_TIMEOUT_MS, hookTimeout: TEST_TIMEOUT_MS });
  let temporal: Temporal;
  beforeAll(async () => {
    temporal = await connectTemporal(given());
  });
  afterAll(() => temporal.close());

  describeExecutionEngine(`in Temporal, over ${kind}`, {
    patienceMs: PATIENCE_MS,
    capabilities: {
      answers: { reason: "a signal is durable before the workflow has computed its answer" },
    },
    async setup() {
      const taskQueue = newQueue();
      return {
        ...(await open()),
        createEngine: () => engineWithWorker(temporal, { taskQueue, heartbeatSeconds: 4 }),
      };
    },
  });
}
