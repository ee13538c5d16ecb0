import { parseRunId } from "@loom/core";
import type { Answer, CancelRequested } from "@loom/core/run";
import { WorkflowNotFoundError } from "@temporalio/common";
import { type Execution, findRunning } from "./executions.ts";
import { foresee } from "./foresee.ts";
import { addressed, type Telling } from "./raise-event.ts";
import type { Rpc } from "./rpc.ts";

/**
 * Sends Loom's cancel, which says who, why and whether to compensate, and then Temporal's own, without which the execution
 * could not end as cancelled. The latter goes to the execution of this attempt only, never to a later one.
 */
export async function cancelRun(
  { rpc, signals, host }: Telling,
  runId: string,
  attempt: number,
  event: CancelRequested,
): Promise<Answer> {
  const ref = parseRunId(runId);
  const run = ref && (await host.store.getRun(ref));
  if (run?.attempt !== attempt) return "not_running";
  const { answer, isMoot } = foresee(run, event);
  if (isMoot) return answer;
  const found = await findRunning(rpc, runId, run);
  if (!found || !(await signals.send(runId, addressed(event, run)))) return "not_running";
  await cancelExecution(rpc, runId, found);
  return answer;
}

async function cancelExecution(rpc: Rpc, runId: string, { firstRunId }: Execution): Promise<void> {
  const chain = firstRunId === undefined ? {} : { firstExecutionRunId: firstRunId };
  try {
    await rpc((workflows) => workflows.getHandle(runId, undefined, chain).cancel());
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
