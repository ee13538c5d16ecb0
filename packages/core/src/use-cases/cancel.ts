import type { Actor } from "../domain/actor.ts";
import { runIdOf } from "../domain/ids.ts";
import type { CancelledAttempt } from "../domain/run.ts";
import type { Timestamp } from "../domain/values.ts";
import { guardAttempt, guardStatus } from "../guards/status.ts";
import type { CandidateRecord, CandidateRef } from "../ports/candidate-record.ts";
import type { CancelWish } from "./cancel-running.ts";
import { cancelRunning } from "./cancel-running.ts";
import { changeStatus } from "./change-status.ts";
import type { UseCaseContext } from "./context.ts";
import { historyOf, now } from "./context.ts";

/**
 * queued → not_started at once, with its CancelledAttempt. For a running one the engine is told, which cleans up and
 * writes the status; a cancel of a cancel changes nothing.
 */
export async function cancel(
  context: UseCaseContext,
  ref: CandidateRef,
  wish: CancelWish,
  actor: Actor,
): Promise<void> {
  const cancelled = await changeStatus(context, ref, (record) => {
    guardStatus("cancel", record);
    guardAttempt(wish.attempt, record);
    return record.status === "queued"
      ? decisionFor(record, ref, now(context), wish, actor)
      : undefined;
  });
  if (!cancelled) await cancelRunning(context, ref, wish, actor);
}

function decisionFor(
  { attempt }: CandidateRecord,
  ref: CandidateRef,
  at: Timestamp,
  { reason }: CancelWish,
  actor: Actor,
) {
  const cancelled: CancelledAttempt = {
    runId: runIdOf(ref.migrationId, ref.candidateId),
    candidateId: ref.candidateId,
    attempt,
    cancelledAt: at,
    cancelledBy: actor.id,
    ...(reason !== undefined && { reason }),
  };
  return {
    to: { status: "not_started" as const, attempt },
    at,
    inputs: {},
    cancelled,
    history: historyOf(
      at,
      actor,
      "cancel",
      ref,
      attempt,
      reason === undefined ? undefined : { reason },
    ),
  };
}
