import type { CallName, CancelledAttempt, RunOutcome, RunProgress } from "../domain/run.ts";
import type { StepDefinition, StepStatus } from "../domain/step.ts";
import type { EpochMilliseconds, StringMap, Timestamp } from "../domain/values.ts";

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
