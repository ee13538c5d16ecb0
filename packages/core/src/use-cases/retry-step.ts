import type { Actor } from "../domain/actor.ts";
import { runIdOf } from "../domain/ids.ts";
import { LoomError } from "../errors.ts";
import { guardRetry } from "../guards/retry.ts";
import { guardAttempt, guardStatus } from "../guards/status.ts";
import type { CandidateRef } from "../ports/candidate-record.ts";
import type { Answer } from "../run/events.ts";
import type { UseCaseContext } from "./context.ts";
import { historyOf, needCandidate, now } from "./context.ts";
import { guardHomeOf } from "./home.ts";
import { recordHistory } from "./record-history.ts";

/** Which failed step an operator wants tried again, and what is to be current for it. */
export interface RetryWish {
  readonly stepName: string;
  readonly attempt?: number;
  readonly stepAttempt?: number;
}

/** Dispatches the failed step, or its failed undoing, again under the next number. */
export async function retryStep(
  context: UseCaseContext,
  ref: CandidateRef,
  wish: RetryWish,
  actor: Actor,
): Promise<void> {
  const record = await needCandidate(context, ref);
  guardStatus("retry-step", record);
  guardAttempt(wish.attempt, record);
  const run = await context.store.getRun(ref);
  const call = guardRetry(run?.progress, record.attempt, wish);
  const at = now(context);
  const runId = runIdOf(ref.migrationId, ref.candidateId);
  const event = { type: "retry_requested", call, at } as const;
  const answer = await context.engine.raiseEvent(runId, call.attempt, event);
  if (answer === "not_running") await guardHomeOf(context, ref, call.attempt);
  guardAnswer(answer, wish.stepName);
  const details = { step: call.step, kind: call.kind, stepAttempt: String(call.number + 1) };
  const entry = historyOf(at, actor, "retry_step", ref, call.attempt, details);
  await recordHistory(context, ref.migrationId, entry);
}

function guardAnswer(answer: Answer, step: string): void {
  if (answer === "accepted") return;
  if (answer === "not_running")
    throw new LoomError("run_closing", "The run is being cancelled or has just ended.");
  throw new LoomError("step_not_failed", `The step ${step} has been retried or lifted meanwhile.`);
}
