import type { CallName } from "../domain/run.ts";
import type { StepStatus } from "../domain/step.ts";
import type { StringMap, Timestamp } from "../domain/values.ts";

/** How a dispatch ended: taken, refused by the migrator (4xx), or given up after its retries. */
export type DispatchOutcome = "accepted" | "refused" | "exhausted";

/** A migrator or an operator says how a call stands. */
export interface StepReported {
  readonly type: "step_reported";
  readonly call: CallName;
  readonly status: StepStatus;
  readonly at: Timestamp;
  readonly metadata?: StringMap;
  readonly error?: string;
  /** The sender's name for this event, against duplicates. */
  readonly eventId?: string;
}

/** The host says how its attempts to deliver a call ended. */
export interface DispatchSettled {
  readonly type: "dispatch_settled";
  readonly call: CallName;
  readonly outcome: DispatchOutcome;
  readonly at: Timestamp;
  /** The migrator's message or the last error, when not accepted. */
  readonly error?: string;
}

/** An operator wants the failed step-attempt with this kind and number tried again. */
export interface RetryRequested {
  readonly type: "retry_requested";
  readonly call: CallName;
  readonly at: Timestamp;
}

/** An operator changed inputs; they count from the next dispatch on. */
export interface InputsUpdated {
  readonly type: "inputs_updated";
  readonly attempt: number;
  readonly inputs: StringMap;
  readonly at: Timestamp;
}

/** An operator, or the engine's own console, wants the run to end. */
export interface CancelRequested {
  readonly type: "cancel_requested";
  readonly attempt: number;
  readonly at: Timestamp;
  /** `true` undoes what was done; an explicit `false` gives up an undoing under way. */
  readonly compensate?: boolean;
  readonly by?: string;
  readonly reason?: string;
}

/** The time limit of a call has passed. */
export interface TimerFired {
  readonly type: "timer_fired";
  readonly call: CallName;
  readonly at: Timestamp;
}

/** Everything that can happen to a run. */
export type RunEvent =
  | StepReported
  | DispatchSettled
  | RetryRequested
  | InputsUpdated
  | CancelRequested
  | TimerFired;

/** What an event came to. `duplicate` and `stale` change nothing; neither does any event of a finished run. */
export type Answer = "accepted" | "duplicate" | "stale" | "not_running";
