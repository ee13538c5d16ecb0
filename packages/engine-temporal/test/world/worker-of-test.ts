import type { TemporalEngine } from "@loom/engine-temporal";
import type { LoomWorkerOptions } from "@loom/engine-temporal/worker";
import { onTestFinished } from "vitest";
import type { Temporal } from "./temporal.ts";
import { type RunningWorker, startWorker } from "./worker.ts";

/** A worker for one test, which ends with it. */
export async function workerOfTest(
  temporal: Temporal,
  { engine }: { readonly engine: TemporalEngine },
  options: Partial<LoomWorkerOptions> = {},
): Promise<RunningWorker> {
  const worker = await startWorker(temporal, engine, options);
  onTestFinished(() => worker.stop());
  return worker;
}
