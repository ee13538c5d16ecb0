import type { EngineHost, ExecutionEngine } from "@loom/core";
import { LoomError } from "@loom/core/errors";
import type { Client } from "@temporalio/client";
import { cancelRun } from "./cancel-run.ts";
import { checkSetup } from "./check-setup.ts";
import { getRun } from "./get-run.ts";
import { guardInputs } from "./guard-inputs.ts";
import { settingsOf, type TemporalEngineOptions } from "./options.ts";
import { hasTakenAll, isSignalled, raiseEvent } from "./raise-event.ts";
import { createRpc } from "./rpc.ts";
import { createSignals } from "./signals.ts";
import { startRun } from "./start-run.ts";

/** The Temporal engine, and what Loom's own worker parts take from it. */
export interface TemporalEngine extends ExecutionEngine {
  /** `temporal/` and the client's namespace: a run that began in another one is left alone. */
  readonly name: string;
  /** The host's own, as it was given: a worker takes its namespace and data converter from it. */
  readonly client: Client;
  /** Where the workers must listen. */
  readonly taskQueue: string;
  /** The most that one call to a migrator may take. */
  readonly callSeconds: number;
  /**
   * Answers when Temporal can be reached and has the client's namespace.
   *
   * @throws LoomError `engine_unavailable`, with what is wrong
   */
  ping(): Promise<void>;
  /** What `createLoom` gave to this engine. @throws LoomError `invalid_configuration` before that */
  host(): EngineHost;
}

/**
 * Hosts each attempt of a run as a Temporal workflow, by the host's own client. This is the client's side: it starts, signals
 * and looks up; the work is done by workers, which `@loom/engine-temporal/worker` and `/activities` are for.
 *
 * `raiseEvent` answers `accepted` once Temporal has the event, and otherwise as far as the saved progress tells.
 *
 * @throws LoomError `invalid_configuration`, with the option that is wrong; `open` does for a namespace that is not there, or
 *   that the client may not use
 */
export function createTemporalEngine(options: TemporalEngineOptions): TemporalEngine {
  const settings = settingsOf(options);
  const { client, taskQueue, requestSeconds, callSeconds } = settings;
  const { namespace } = client.options;
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

  const ping = async (): Promise<void> => {
    await rpc(({ workflowService }) => workflowService.describeNamespace({ namespace }));
  };

  return {
    name: `temporal/${namespace}`,
    client,
    taskQueue,
    callSeconds,
    host,
    connect(given) {
      connected = given;
    },
    async open() {
      await checkSetup(host(), namespace, ping);
    },
    async close() {},
    ping,
    guardInputs,
    startRun: (manifest) => startRun({ rpc, host: host(), settings }, manifest),
    getRun: (runId, attempt) => getRun({ rpc, host: host() }, runId, attempt),
    raiseEvent: (runId, attempt, event) =>
      raiseEvent({ rpc, signals, host: host() }, runId, attempt, event),
    cancelRun: (runId, attempt, event) =>
      cancelRun({ rpc, signals, host: host() }, runId, attempt, event),
  };
}
