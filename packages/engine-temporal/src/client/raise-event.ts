import type { EngineHost } from "@loom/core";
import { parseRunId } from "@loom/core";
import type { Answer, RunEvent } from "@loom/core/run";
import { RawValue, WorkflowNotFoundError } from "@temporalio/common";
import { EVENT_SIGNAL, EVENTS_SIGNAL } from "../protocol.ts";
import { foresee } from "./foresee.ts";
import type { Rpc } from "./rpc.ts";
import type { Signals } from "./signals.ts";

/** What it takes to tell a run something. */
export interface Telling {
  readonly signals: Signals;
  readonly host: EngineHost;
}

/** Gives the event to Temporal, unless the saved progress shows that it can change nothing. */
export async function raiseEvent(
  { signals, host }: Telling,
  runId: string,
  attempt: number,
  event: RunEvent,
): Promise<Answer> {
  const ref = parseRunId(runId);
  const run = ref && (await host.store.getRun(ref));
  if (run?.attempt !== attempt) return "not_running";
  const { answer, isMoot } = foresee(run, event);
  return isMoot || (await signals.send(runId, event)) ? answer : "not_running";
}

/** Whether an execution took the events. They go as plain JSON, whatever converter the client has; a codec still applies. */
export async function isSignalled(
  rpc: Rpc,
  runId: string,
  events: readonly RunEvent[],
): Promise<boolean> {
  const [event, ...others] = events;
  const signal = others.length > 0 ? EVENTS_SIGNAL : EVENT_SIGNAL;
  const content = new RawValue(others.length > 0 ? events : event);
  try {
    await rpc((workflows) => workflows.getHandle(runId).signal(signal, content));
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** Whether the run has taken all signals: for any that it has not, there is a workflow task. When that cannot be told, `true`. */
export async function hasTakenAll(rpc: Rpc, runId: string): Promise<boolean> {
  try {
    const { raw } = await rpc((workflows) => workflows.getHandle(runId).describe());
    return !raw.pendingWorkflowTask;
  } catch {
    return true;
  }
}
