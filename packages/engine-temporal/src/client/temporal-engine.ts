import type { EngineHost, ExecutionEngine } from "@loom/core";
import { LoomError } from "@loom/core/errors";
import type { Client } from "@temporalio/client";
import { cancelRun } from "./cancel-run.ts";
import { findExecution } from "./executions.ts";
import { guardInputs } from "./guard-inputs.ts";
import type { TemporalEngineOptions } from "./options.ts";
import { hasTakenAll, isSignalled, raiseEvent } from "./raise-event.ts";
import { createRpc } from "./rpc.ts";
import { createSignals } from "./signals.ts";
import { startRun } from "./start-run.ts";

/** The Temporal engine, and what Loom's own worker parts take from it. */
export interface TemporalEngine extends ExecutionEngine {
  readonly client: Client;
  readonly taskQueue: string;
  /** The most that one call to a migrator may take. */
  readonly callSeconds: number;
  ping(): Promise<void>;
  /** What `createLoom` gave to this engine. @throws LoomError `invalid_configuration` before that */
  host(): EngineHost;
}

/**
 * Hosts each attempt of a run as a Temporal workflow, by the host's own client. This is the client's side: it starts, signals
 * and looks up; the work is done by workers, which `@loom/engine-temporal/worker` and `/activities` are for.
 *
 * `raiseEvent` answers `accepted` once Temporal has the event, and otherwise as far as the saved progress tells.
 */
export function createTemporalEngine(options: TemporalEngineOptions): TemporalEngine {
  const { client, taskQueue, requestSeconds = 15, callSeconds = 120 } = options;
  let connected: EngineHost | undefined;

  const host = (): EngineHost => {
    if (connected) return connected;
    throw new LoomError(
      "invalid_configuration",
      "The engine belongs to no Loom: give it to createLoom.",
    );
  };

  const rpc = createRpc(client, () => host().clock, requestSeconds);
  const signals = createSignals({
    clock: () => host().clock,
    limitSeconds: requestSeconds,
    signal: (runId, events) => isSignalled(rpc, runId, events),
    hasTakenAll: (runId) => hasTakenAll(rpc, runId),
  });

  return {
    client,
    taskQueue,
    callSeconds,
    host,
    connect(given) {
      connected = given;
    },
    async open() {
      host();
    },
    async close() {},
    async ping() {
      await rpc((workflows) => workflows.workflowService.getSystemInfo({}));
    },
    guardInputs,
    startRun: (manifest) => startRun({ rpc, host: host(), options }, manifest),
    async getRun(runId, attempt) {
      const found = await findExecution(rpc, runId);
      return found?.isRunning && found.attempt === attempt ? { phase: found.phase } : null;
    },
    raiseEvent: (runId, attempt, event) =>
      raiseEvent({ signals, host: host() }, runId, attempt, event),
    cancelRun: (runId, attempt, event) =>
      cancelRun({ rpc, signals, host: host() }, runId, attempt, event),
  };
}
