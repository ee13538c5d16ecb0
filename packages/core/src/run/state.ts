import type { MigrationManifest } from "../domain/manifest.ts";
import type { CallKind, CallName, RunOutcome, RunPhase } from "../domain/run.ts";
import type { StepFailure, StepStatus } from "../domain/step.ts";
import type { StringMap, Timestamp } from "../domain/values.ts";
import type { RunCommand } from "./command-types.ts";
import type { DispatchOutcome } from "./events.ts";

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
