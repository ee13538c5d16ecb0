import type { Actor } from "../domain/actor.ts";
import { runIdOf } from "../domain/ids.ts";
import { LoomError } from "../errors.ts";
import { guardAttempt, guardStatus } from "../guards/status.ts";
import type { CandidateRef } from "../ports/candidate-record.ts";
import type { Answer, CancelRequested } from "../run/events.ts";
import { closeGoneRun } from "./close-gone-run.ts";
import type { UseCaseContext } from "./context.ts";
import { historyOf, needCandidate, now } from "./context.ts";
import { tellEngine } from "./deliver-claim.ts";
import { recordHistory } from "./record-history.ts";
import { retried } from "./retried.ts";

/** What an operator says with a cancel. */
export interface CancelWish {
  readonly reason?: string;
  readonly compensate?: boolean;
  readonly attempt?: number;
}

/** Tells the engine of a running candidate, which cleans up and writes the status. */
export async function cancelRunning(
  context: UseCaseContext,
  ref: CandidateRef,
  wish: CancelWish,
  actor: Actor,
): Promise<void> {
  const record = await needCandidate(context, ref);
  guardStatus("cancel", record);
  guardAttempt(wish.attempt, record);
  const event = eventOf(wish, record.attempt, now(context), actor);
  const runId = runIdOf(ref.migrationId, ref.candidateId);
  const answer = await tellEngine(context, ref, record, () =>
    context.engine.cancelRun(runId, event.attempt, event),
  ).catch((error: unknown) => unlessBegun(context, runId, event.attempt, error));
  if (answer === "accepted") await recordCancel(context, ref, event, actor);
  else if (answer !== "duplicate") await tooLate(context, ref, event);
}

/**
 * A claim that its engine does not take must not hold the candidate. An engine that answers, and does not know the attempt, has
 * not begun it; a delivery that comes after the cancel begins nothing.
 */
async function unlessBegun(
  { engine }: UseCaseContext,
  runId: string,
  attempt: number,
  error: unknown,
): Promise<Answer> {
  // the delivery that came first has closed it
  if (LoomError.is(error, "payload_too_large")) return "duplicate";
  if (!LoomError.is(error, "engine_unavailable") || (await engine.getRun(runId, attempt)))
    throw error;
  return "not_running";
}

function eventOf(
  { reason, compensate }: CancelWish,
  attempt: number,
  at: string,
  actor: Actor,
): CancelRequested {
  return {
    type: "cancel_requested",
    attempt,
    at,
    by: actor.id,
    ...(reason !== undefined && { reason }),
    ...(compensate !== undefined && { compensate }),
  };
}

async function recordCancel(
  context: UseCaseContext,
  ref: CandidateRef,
  { at, attempt, reason, compensate }: CancelRequested,
  actor: Actor,
): Promise<void> {
  const details = {
    ...(reason !== undefined && { reason }),
    ...(compensate !== undefined && { compensate: String(compensate) }),
  };
  await retried(context, () => context.store.markCancelling(ref, attempt));
  const entry = historyOf(at, actor, "cancel", ref, attempt, details);
  await recordHistory(context, ref.migrationId, entry);
}

/** The run took no cancel: it is over, it is just completing, or its engine has lost it. */
async function tooLate(
  context: UseCaseContext,
  ref: CandidateRef,
  event: CancelRequested,
): Promise<void> {
  const { attempt } = event;
  const record = await needCandidate(context, ref);
  guardStatus("cancel", record);
  guardAttempt(attempt, record);
  const runId = runIdOf(ref.migrationId, ref.candidateId);
  if ((await context.engine.getRun(runId, attempt)) === null) {
    // when it has ended between two looks, another look says how
    if (!(await closeGoneRun(context, ref, attempt, event))) await tooLate(context, ref, event);
    return;
  }
  throw new LoomError("invalid_transition", "The last step has succeeded; the run is completing.", {
    details: { from: record.status, action: "cancel" },
  });
}
