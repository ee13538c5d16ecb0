import type { EngineHost } from "@loom/core";
import { parseRunId } from "@loom/core";
import type { Answer, RunEvent } from "@loom/core/run";
import { RawValue, rawValueTypeInfo, WorkflowNotFoundError } from "@temporalio/common";
import { type AddressedEvent, EVENT_SIGNAL, EVENTS_SIGNAL } from "../protocol.ts";
import { type Claim, findRunning } from "./executions.ts";
import { foresee } from "./foresee.ts";
import type { Rpc } from "./rpc.ts";
import type { Signals } from "./signals.ts";

/** What it takes to tell a run something. */
export interface Telling {
  readonly rpc: Rpc;
  readonly signals: Signals;
  readonly host: EngineHost;
}

/**
 * Gives the event to Temporal, unless the saved progress shows that it can change nothing. Before there is any, the execution
 * with the run's id may be that of another Loom's, which has kept this one from beginning.
 */
export async function raiseEvent(
  { rpc, signals, host }: Telling,
  runId: string,
  attempt: number,
  event: RunEvent,
): Promise<Answer> {
  const ref = parseRunId(runId);
  const run = ref && (await host.store.getRun(ref));
  if (run?.attempt !== attempt) return "not_running";
  const { answer, isMoot } = foresee(run, event);
  if (isMoot) return answer;
  if (run.delivery !== "delivered" && !(await findRunning(rpc, runId, run))) return "not_running";
  return (await signals.send(runId, addressed(event, run))) ? answer : "not_running";
}

/** So that the execution of another Loom, which has taken the id since, does not take the event for its own. */
export function addressed(event: RunEvent, { claimedAt }: Claim): AddressedEvent {
  return { ...event, claimedAt };
}

/** Keeps a converter of the client's own away from what is raw: not each knows how to leave it alone. */
const typeInfo = { inputTypes: [rawValueTypeInfo] as [typeof rawValueTypeInfo] };

/** Whether an execution took the events. They go as plain JSON, whatever converter the client has; a codec still applies. */
export async function isSignalled(
  rpc: Rpc,
  runId: string,
  events: readonly RunEvent[],
): Promise<boolean> {
  const [event, ...others] = events;
  const signal = others.length > 0 ? EVENTS_SIGNAL : EVENT_SIGNAL;
  const args = [new RawValue(others.length > 0 ? events : event)];
  try {
    await rpc((workflows) =>
      workflows.getHandle(runId).signalWithOptions(signal, { args, typeInfo }),
    );
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
