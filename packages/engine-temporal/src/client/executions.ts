import type { RunPhase } from "@loom/core";
import type { WorkflowExecutionDescription } from "@temporalio/client";
import { WorkflowNotFoundError } from "@temporalio/common";
import type { RunMemo } from "../protocol.ts";
import type { Rpc } from "./rpc.ts";

/** The latest execution with the id of a run. */
export interface Execution {
  readonly isRunning: boolean;
  /** `undefined`, like the claim, when the execution is not one of Loom's. */
  readonly attempt: number | undefined;
  readonly claimedAt: string | undefined;
  readonly phase: RunPhase;
  /** Names the execution and all that it continues as. */
  readonly firstRunId: string | undefined;
}

/** `null` when Temporal knows none, or no longer. */
export async function findExecution(rpc: Rpc, runId: string): Promise<Execution | null> {
  try {
    return executionOf(await rpc((workflows) => workflows.getHandle(runId).describe()));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

function executionOf({ status, memo, raw }: WorkflowExecutionDescription): Execution {
  const { attempt, claimedAt, phase = "running" } = (memo ?? {}) as Partial<RunMemo>;
  const isRunning = status.name === "RUNNING" || status.name === "PAUSED";
  return {
    isRunning,
    attempt,
    claimedAt,
    phase: isRunning ? phase : "finished",
    firstRunId: raw.workflowExecutionInfo?.firstRunId || undefined,
  };
}
