import { LOOM_ACTOR } from "../domain/actor.ts";
import { runIdOf } from "../domain/ids.ts";
import type { CancelledAttempt } from "../domain/run.ts";
import type { Timestamp } from "../domain/values.ts";
import type { CandidateRef } from "../ports/candidate-record.ts";
import { changeStatus } from "./change-status.ts";
import type { UseCaseContext } from "./context.ts";
import { historyOf } from "./context.ts";
import { guardHomeOf } from "./home.ts";

/** Why a run without an engine instance was finished as cancelled. */
const GONE = "the engine no longer knows this run: it was terminated or deleted there";

/**
 * Finishes an attempt whose engine instance was terminated or deleted from outside, or never was, as cancelled.
 *
 * @returns whether it was still running
 * @throws LoomError `engine_unavailable` when it began in another engine, where it may well live
 */
export async function closeGoneRun(
  context: UseCaseContext,
  ref: CandidateRef,
  attempt: number,
  cancel: {
    readonly at: Timestamp;
    readonly by?: string | undefined;
    readonly reason?: string | undefined;
  },
): Promise<boolean> {
  await guardHomeOf(context, ref, attempt);
  const { at, by, reason = GONE } = cancel;
  const cancelled: CancelledAttempt = {
    runId: runIdOf(ref.migrationId, ref.candidateId),
    candidateId: ref.candidateId,
    attempt,
    cancelledAt: at,
    cancelledBy: by ?? LOOM_ACTOR.id,
    reason,
  };
  const closed = await changeStatus(context, ref, (record) =>
    record.status === "running" && record.attempt === attempt
      ? {
          to: { status: "not_started" as const, attempt },
          at,
          inputs: {},
          cancelled,
          history: historyOf(at, LOOM_ACTOR, "close", ref, attempt, { reason }),
        }
      : undefined,
  );
  return closed !== undefined;
}
