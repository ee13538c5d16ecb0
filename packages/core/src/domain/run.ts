import type { StepState, StepStatus } from "./step.ts";
import type { Timestamp } from "./values.ts";

/** `do` performs a step, `undo` compensates it. */
export type CallKind = "do" | "undo";

/** The full name of one call to a migrator within a run. No two calls share one. */
export interface CallName {
  readonly attempt: number;
  readonly kind: CallKind;
  readonly step: string;
  /** Counts retries per kind and step, from 1. */
  readonly number: number;
}

/** A live run is `running` or `cancelling`. */
export type RunPhase = "running" | "cancelling" | "finished";

/** How a run ended. */
export type RunOutcome = "completed" | "cancelled";

/** The step that a run is at, for lists. */
export interface CurrentStep {
  readonly stepName: string;
  readonly status: StepStatus;
  /** When it took this status. */
  readonly since: Timestamp;
  readonly error?: string;
}

/** Everything about a run that a reader sees. It is saved as the run goes, so that no list asks an engine. */
export interface RunProgress {
  readonly phase: RunPhase;
  readonly currentStep?: CurrentStep;
  readonly steps: readonly StepState[];
  readonly compensations: readonly StepState[];
}

/** A record of the append-only audit list of a migration. */
export interface CancelledAttempt {
  readonly runId: string;
  readonly candidateId: string;
  readonly attempt: number;
  readonly cancelledAt: Timestamp;
  readonly cancelledBy?: string;
  readonly reason?: string;
  /** Steps whose compensation was asked for and then given up. */
  readonly notCompensated?: readonly string[];
}
