import type { RunPhase, RunRecord } from "@loom/core";
import type { WorkflowExecutionDescription } from "@temporalio/client";
import { WorkflowNotFoundError } from "@temporalio/common";
import { RUN_WORKFLOW, type RunMemo } from "../protocol.ts";
import type { Rpc } from "./rpc.ts";

/** The latest execution with the id of a run. */
export interface Execution {
  readonly isRunning: boolean;
  readonly isCompleted: boolean;
  /** `undefined`, like the claim, when the execution is not one of Loom's. */
  readonly attempt: number | undefined;
  readonly claimedAt: string | undefined;
  readonly phase: RunPhase;
  /** Names the execution and all that it continues as. */
  readonly firstRunId: string | undefined;
}

/** What tells an attempt from those of other Looms, whose stores may have the same migration and candidate. */
export type Claim = Pick<RunRecord, "attempt" | "claimedAt">;

/** `null` when Temporal knows none, or no longer. */
export async function findExecution(rpc: Rpc, runId: string): Promise<Execution | null> {
  try {
    return executionOf(await rpc((workflows) => workflows.getHandle(runId).describe()));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** The execution that runs this claim now: one of another Loom is none. */
export async function findRunning(
  rpc: Rpc,
  runId: string,
  claim: Claim,
): Promise<Execution | null> {
  const found = await findExecution(rpc, runId);
  return found?.isRunning && isOf(found, claim) ? found : null;
}

/** Whether the execution is the claim's own. */
export function isOf(found: Execution, { attempt, claimedAt }: Claim): boolean {
  return found.attempt === attempt && found.claimedAt === claimedAt;
}

/** Whether the execution is surely none of the store's: attempts only grow, so its own earlier ones have lower numbers. */
export function isForeign(found: Execution, claim: Claim): boolean {
  return !isOf(found, claim) && (found.attempt === undefined || found.attempt >= claim.attempt);
}

function executionOf({ type, status, memo, raw }: WorkflowExecutionDescription): Execution {
  const said = (type === RUN_WORKFLOW && memo) || {};
  const { attempt, claimedAt, phase = "running" } = said as Partial<RunMemo>;
  const isRunning = status.name === "RUNNING" || status.name === "PAUSED";
  return {
    isRunning,
    isCompleted: status.name === "COMPLETED",
    attempt,
    claimedAt,
    phase: isRunning ? phase : "finished",
    firstRunId: raw.workflowExecutionInfo?.firstRunId || undefined,
  };
}
