import type { TemporalEngine } from "@loom/engine-temporal";
import { createLoomWorker, type LoomWorkerOptions } from "@loom/engine-temporal/worker";
import { IDENTITY, type Temporal } from "./temporal.ts";

/** A worker that is at work. */
export interface RunningWorker {
  /** Lets it finish what it has under way, or what it can of that in the time that tests have. */
  stop(): Promise<void>;
}

export async function startWorker(
  temporal: Temporal,
  engine: TemporalEngine,
  options: Partial<LoomWorkerOptions> = {},
): Promise<RunningWorker> {
  const connection = await temporal.connectWorker();
  const worker = await createLoomWorker(engine, {
    connection,
    workflowBundle: { codePath: temporal.bundlePath },
    identity: IDENTITY,
    stickyQueueScheduleToStartTimeout: "1 second",
    shutdownForceTime: "3 seconds",
    ...options,
  });
  const ended = worker.run().catch(() => {});
  return {
    async stop() {
      if (worker.getState() === "RUNNING") worker.shutdown();
      await ended;
      await connection.close().catch(() => {});
    },
  };
}
