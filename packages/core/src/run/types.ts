import type { MigrationManifest } from "../domain/manifest.ts";
import type {
  CallKind,
  CallName,
  CancelledAttempt,
  RunOutcome,
  RunPhase,
  RunProgress,
} from "../domain/run.ts";
import type { StepDefinition, StepFailure, StepStatus } from "../domain/step.ts";
import type { EpochMilliseconds, StringMap, Timestamp } from "../domain/values.ts";

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

/** Deliver a step to its migrator, with retries, and settle. */
export interface DispatchStep {
  readonly type: "dispatch_step";
  readonly id: string;
  readonly call: CallName;
  readonly step: StepDefinition;
  readonly inputs: StringMap;
}

/** Deliver the undoing of a step to its migrator, with retries, and settle. */
export interface CompensateStep {
  readonly type: "compensate_step";
  readonly id: string;
  readonly call: CallName;
  readonly step: StepDefinition;
  readonly inputs: StringMap;
  readonly stepStatus: StepStatus;
  readonly stepMetadata: StringMap;
}

/** Make no further call for this name; settle within the time limit of the one under way. */
export interface StopDispatch {
  readonly type: "stop_dispatch";
  readonly id: string;
  readonly call: CallName;
}

/** Raise `timer_fired` for the call at this moment. */
export interface SetTimer {
  readonly type: "set_timer";
  readonly id: string;
  readonly call: CallName;
  readonly dueAt: EpochMilliseconds;
}

/** Show readers this progress, unless they have a later one. */
export interface SaveProgress {
  readonly type: "save_progress";
  readonly id: string;
  readonly attempt: number;
  /** Grows by one with each view of the attempt; a store refuses an older one. */
  readonly sequence: number;
  readonly progress: RunProgress;
}

/** Write the candidate's status, with the last progress and the audit record of a cancel, at once. */
export interface Finish {
  readonly type: "finish";
  readonly id: string;
  readonly attempt: number;
  readonly sequence: number;
  readonly outcome: RunOutcome;
  readonly at: Timestamp;
  readonly progress: RunProgress;
  /** Present when the outcome is `cancelled`. */
  readonly cancelled?: CancelledAttempt;
}

/** What the machine asks of its host. Ids are deterministic: a command is at-least-once and idempotent by id. */
export type RunCommand =
  | DispatchStep
  | CompensateStep
  | StopDispatch
  | SetTimer
  | SaveProgress
  | Finish;

/** What is known about the current step-attempt. Its status is a function of this, not of the order of arrival. */
export interface CallFacts {
  readonly terminal?: {
    readonly status: StepStatus;
    readonly at: Timestamp;
    readonly error?: string;
  };
  readonly timedOut?: { readonly at: Timestamp };
  readonly latest?: StepStatus;
  readonly settled?: {
    readonly outcome: DispatchOutcome;
    readonly at: Timestamp;
    readonly error?: string;
  };
}

/** A failure that was retried; `reported` when a `failed` report ended it, so that its duplicate is known. */
export interface PastFailure extends StepFailure {
  readonly reported?: true;
}

/** One step of the run (kind `do`), or the undoing of one (kind `undo`). */
export interface CallRecord {
  readonly kind: CallKind;
  readonly step: string;
  /** The current step-attempt. */
  readonly number: number;
  /** True while a retry waits for the old call to settle before it is dispatched. */
  readonly waiting?: true;
  readonly facts: CallFacts;
  readonly startedAt: Timestamp;
  readonly updatedAt: Timestamp;
  /** When it took the status that it has. */
  readonly since: Timestamp;
  readonly metadata: StringMap;
  readonly failures: readonly PastFailure[];
  /** The event ids of the current call, the last 32. */
  readonly eventIds: readonly string[];
}

/** A cancel that was accepted. */
export interface CancelState {
  readonly at: Timestamp;
  readonly by?: string;
  readonly reason?: string;
  readonly compensate: boolean;
  /** Set when compensation was given up. */
  readonly gaveUp?: true;
}

/** The whole state of one attempt. Plain JSON; never read or written by anyone but the machine. */
export interface RunState {
  readonly interpreterVersion: number;
  readonly manifest: MigrationManifest;
  readonly inputs: StringMap;
  readonly phase: RunPhase;
  readonly sequence: number;
  /** Steps begun, in order. */
  readonly steps: readonly CallRecord[];
  /** Undoings begun, in order. */
  readonly compensations: readonly CallRecord[];
  /** The call that may still reach a migrator; at most one. */
  readonly inFlight?: { readonly call: CallName; readonly stopping?: true };
  readonly cancel?: CancelState;
  readonly outcome?: RunOutcome;
}

/** A step of the machine: the next state and what the host must do. */
export type Advance = readonly [RunState, readonly RunCommand[]];
