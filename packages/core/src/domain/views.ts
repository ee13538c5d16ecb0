import type { Actor } from "./actor.ts";
import type { Candidate, CandidateStatus } from "./candidate.ts";
import type { CandidateCounts, Migration } from "./migration.ts";
import type { CancelledAttempt, CurrentStep, RunPhase } from "./run.ts";
import type { StepDefinition, StepState, StepStatus } from "./step.ts";
import type { Timestamp } from "./values.ts";

/** A migration as listed: the plan and where its candidates stand. */
export interface MigrationWithCounts extends Migration {
  readonly counts: CandidateCounts;
}

/** A migration as shown alone, with its last 50 cancelled attempts, the latest first. */
export interface MigrationDetail extends MigrationWithCounts {
  readonly cancelledAttempts: readonly CancelledAttempt[];
}

/** A candidate and where it stands. */
export interface CandidateWithStatus extends Candidate {
  readonly status: CandidateStatus;
  readonly updatedAt: Timestamp;
  /** Of the latest attempt, when there has been one. */
  readonly runId?: string;
  readonly attempt?: number;
  /** While it runs. */
  readonly phase?: Exclude<RunPhase, "finished">;
  readonly currentStep?: CurrentStep;
  /** Required inputs that a start would miss; absent when there are none or it has started. */
  readonly missingInputs?: readonly string[];
}

/** Which candidates to list. Filters narrow each other. */
export interface CandidateQuery {
  readonly status?: CandidateStatus;
  readonly kind?: string;
  /** Text that the id contains, ignoring case. */
  readonly q?: string;
  /** The status of the step that a running one is at. */
  readonly stepStatus?: StepStatus;
  readonly cursor?: string;
  /** 1–500; 100 when absent. */
  readonly limit?: number;
}

/** Part of a list in a stable order. */
export interface CandidatePage {
  readonly candidates: readonly CandidateWithStatus[];
  /** Give it back as `cursor`; absent on the last page. */
  readonly nextCursor?: string;
}

/** The latest attempt of a candidate, in full. */
export interface RunDetail {
  readonly runId: string;
  readonly attempt: number;
  /** The candidate's status now. */
  readonly status: CandidateStatus;
  readonly phase: RunPhase;
  /** The plan that this attempt is pinned to. */
  readonly plan: readonly StepDefinition[];
  readonly steps: readonly StepState[];
  readonly compensations: readonly StepState[];
}

/** What a claim answers. */
export interface RunRef {
  readonly runId: string;
  readonly attempt: number;
}

/** Who did what when. */
export interface HistoryEntry {
  readonly at: Timestamp;
  readonly actor: Actor;
  /** A verb of `mission.md`, such as `start`, `cancel`, `complete`. */
  readonly action: HistoryAction;
  readonly candidateId?: string;
  readonly attempt?: number;
  readonly details?: Readonly<Record<string, string>>;
}

/** What history records. */
export type HistoryAction =
  | "announce"
  | "discover"
  | "queue"
  | "dequeue"
  | "execute"
  | "start"
  | "cancel"
  | "retry_step"
  | "report_step"
  | "update_inputs"
  | "complete"
  | "close";

/** Part of the history of a migration, the latest first. */
export interface HistoryPage {
  readonly history: readonly HistoryEntry[];
  readonly nextCursor?: string;
}

/** Part of the cancelled attempts of a migration, the latest first. */
export interface CancelledAttemptPage {
  readonly cancelledAttempts: readonly CancelledAttempt[];
  readonly nextCursor?: string;
}
