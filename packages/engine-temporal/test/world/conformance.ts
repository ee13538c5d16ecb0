import type { Store } from "@loom/core";
import { describeExecutionEngine } from "@loom/testing/vitest";
import { afterAll, beforeAll, vi } from "vitest";
import { engineWithWorker } from "./engine-with-worker.ts";
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
  vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
  let temporal: Temporal;
  beforeAll(async () => {
    temporal = await connectTemporal(given());
  });
  afterAll(() => temporal.close());

  describeExecutionEngine(`in Temporal, over ${kind}`, {
    patienceMs: 20_000,
    capabilities: {
      answers: { reason: "a signal is durable before the workflow has computed its answer" },
    },
    async setup() {
      const taskQueue = newQueue();
      return {
        ...(await open()),
        createEngine: () => engineWithWorker(temporal, { taskQueue, heartbeatSeconds: 1 }),
      };
    },
  });
}
