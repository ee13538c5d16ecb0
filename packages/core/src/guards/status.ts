import type { CandidateStatus } from "../domain/candidate.ts";
import type { RunPhase } from "../domain/run.ts";
import { LoomError } from "../errors.ts";

/** Where a candidate stands, as far as guards ask. */
export interface Standing {
  readonly status: CandidateStatus;
  readonly attempt: number;
  readonly run?: { readonly phase: RunPhase };
}

/** The actions of operators on a candidate (`mission.md`). */
export type CandidateAction =
  | "queue"
  | "dequeue"
  | "execute"
  | "start"
  | "cancel"
  | "retry-step"
  | "update-inputs";

const FROM: Record<CandidateAction, readonly CandidateStatus[]> = {
  queue: ["not_started"],
  dequeue: ["queued"],
  execute: ["queued"],
  start: ["not_started", "queued"],
  cancel: ["queued", "running"],
  "retry-step": ["running"],
  "update-inputs": ["queued", "running"],
};

const BEGINS: ReadonlySet<CandidateAction> = new Set(["queue", "execute", "start"]);

/**
 * May this action happen in this status?
 *
 * @throws LoomError `already_completed`; for what would begin a run `run_closing` and `already_running`; else `invalid_transition`
 */
export function guardStatus(action: CandidateAction, { status, run }: Standing): void {
  if (FROM[action].includes(status)) return;
  if (status === "completed")
    throw new LoomError("already_completed", "The candidate is completed; it is never run again.");
  if (status === "running" && BEGINS.has(action)) throw liveRun(run?.phase);
  throw new LoomError("invalid_transition", `Cannot ${action} a candidate that is ${status}.`, {
    details: { from: status, action },
  });
}

/** @throws LoomError `stale_attempt` when the caller meant another attempt than the current one */
export function guardAttempt(expected: number | undefined, { attempt }: Standing): void {
  if (expected === undefined || expected === attempt) return;
  throw new LoomError("stale_attempt", `Attempt ${expected} was meant; ${attempt} is current.`, {
    details: { attempt },
  });
}

function liveRun(phase: RunPhase | undefined): LoomError {
  return phase === "cancelling"
    ? new LoomError("run_closing", "The cancelled run is still cleaning up; start again shortly.")
    : new LoomError("already_running", "The candidate is already running.");
}
