import type { EngineHost } from "@loom/core";
import { parseRunId } from "@loom/core";
import type { Answer, RunEvent } from "@loom/core/run";
import { RawValue, WorkflowNotFoundError } from "@temporalio/common";
import { EVENT_SIGNAL } from "../protocol.ts";
import { foresee } from "./foresee.ts";
import type { Rpc } from "./rpc.ts";

/** What it takes to tell a run something. */
export interface Telling {
  readonly rpc: Rpc;
  readonly host: EngineHost;
}

/** Gives the event to Temporal, unless the saved progress shows that it can change nothing. */
export async function raiseEvent(
  { rpc, host }: Telling,
  runId: string,
  attempt: number,
  event: RunEvent,
): Promise<Answer> {
  const ref = parseRunId(runId);
  const run = ref && (await host.store.getRun(ref));
  if (run?.attempt !== attempt) return "not_running";
  const { answer, isMoot } = foresee(run, event);
  return isMoot || (await isSignalled(rpc, runId, event)) ? answer : "not_running";
}

/** Whether an execution took the event. It is sent as plain JSON, whatever converter the client has; a codec still applies. */
export async function isSignalled(rpc: Rpc, runId: string, event: RunEvent): Promise<boolean> {
  try {
    await rpc((workflows) => workflows.getHandle(runId).signal(EVENT_SIGNAL, new RawValue(event)));
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
