import { fileURLToPath } from "node:url";
import type { WorkerOptions, WorkflowBundleWithSourceMap } from "@temporalio/worker";
import {
  type BundleOptions,
  bundleWorkflowCode,
  NativeConnection,
  Worker,
} from "@temporalio/worker";
import { createLoomActivities } from "../activities/index.ts";
import { misconfigured } from "../client/options.ts";
import type { TemporalEngine } from "../client/temporal-engine.ts";

/** Beside the sources this module is TypeScript, and so are the workflows. */
const EXTENSION = import.meta.url.endsWith(".ts") ? "ts" : "js";

/** The module with Loom's workflow, for a worker that has no workflows of its own. */
export const loomWorkflowsPath: string = fileURLToPath(
  new URL(`../workflows/index.${EXTENSION}`, import.meta.url),
);

/** What a Loom worker is made with, beside what it takes from its engine. */
export interface LoomWorkerOptions extends Omit<WorkerOptions, "taskQueue"> {
  /** The worker's own connection, to the same server as the client's. */
  readonly connection: NativeConnection;
}

/**
 * A worker for Loom alone: it listens on the engine's task queue, in its client's namespace and with its data converter. Options
 * of the SDK's worker go before those. `shutdown()` lets calls to migrators come to their end.
 *
 * @throws LoomError `invalid_configuration` for what is no engine, or a connection that is not a worker's
 * @example
 * const worker = await createLoomWorker(engine, { connection: await NativeConnection.connect({ address }) });
 * await worker.run();
 */
export async function createLoomWorker(
  engine: TemporalEngine,
  { activities, ...options }: LoomWorkerOptions,
): Promise<Worker> {
  const loomActivities = createLoomActivities(engine);
  if (!(options.connection instanceof NativeConnection))
    throw misconfigured("connection: give a NativeConnection of @temporalio/worker");
  const { client, taskQueue, callSeconds } = engine;
  const { namespace, dataConverter } = client.options;
  return Worker.create({
    namespace,
    dataConverter,
    shutdownGraceTime: `${callSeconds} seconds`,
    ...(!options.workflowBundle && { workflowsPath: loomWorkflowsPath }),
    ...options,
    taskQueue,
    activities: { ...activities, ...loomActivities },
  });
}

/**
 * Bundles Loom's workflow ahead of time, so that a worker starts without webpack: `createLoomWorker(engine, { workflowBundle })`.
 * A bundle must be made with the very version of the SDK that runs it, and so is made where the worker is built.
 */
export function bundleLoomWorkflows(
  options: Omit<BundleOptions, "workflowsPath"> = {},
): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({ ...options, workflowsPath: loomWorkflowsPath });
}
