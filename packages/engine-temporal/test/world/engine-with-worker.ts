import { createTemporalEngine, type TemporalEngineOptions } from "@loom/engine-temporal";
import type { MortalEngine } from "@loom/testing";
import type { Temporal } from "./temporal.ts";
import { type RunningWorker, startWorker } from "./worker.ts";

/** An engine and the worker that it needs, as the one process that the suite takes an engine for. */
export function engineWithWorker(
  temporal: Temporal,
  options: Omit<TemporalEngineOptions, "client">,
): MortalEngine {
  const engine = createTemporalEngine({ client: temporal.client, ...options });
  let worker: RunningWorker | undefined;
  return {
    ...engine,
    async open() {
      await engine.open();
      worker = await startWorker(temporal, engine);
    },
    async close() {
      await worker?.stop();
      await engine.close();
    },
    kill() {
      void worker?.stop();
    },
  };
}
