import type { Candidate } from "./candidate.ts";
import type { InputDefinition } from "./migration.ts";
import type { StepDefinition, StepStatus } from "./step.ts";
import type { StringMap } from "./values.ts";

/** What a migrator registers at every start. */
export interface MigrationAnnouncement {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly overview?: readonly string[];
  readonly steps: readonly StepDefinition[];
  readonly requiredInputs?: readonly InputDefinition[];
  /** The migration's id when absent. */
  readonly migratorApp?: string;
  readonly migratorUrl: string;
  /** A first discovery when not empty. */
  readonly candidates?: readonly Candidate[];
}

/** A list of candidates, or one chunk of it. */
export interface CandidateSubmission {
  readonly candidates: readonly Candidate[];
  /** Chunks with the same id are one discovery; the last one is `complete`. Absent: complete by itself. */
  readonly discovery?: { readonly id: string; readonly complete: boolean };
}

/** How a migrator reports a step. */
export interface StepCompletedEvent {
  readonly stepName: string;
  readonly candidateId: string;
  readonly success: boolean;
  /** The status when `success`; `completed` when absent. */
  readonly phase?: Exclude<StepStatus, "failed">;
  readonly metadata?: StringMap;
  readonly error?: string;
  readonly eventId?: string;
}

/** What became of a report. */
export type ReportResult =
  | { readonly status: "accepted" }
  | { readonly status: "ignored"; readonly reason: "duplicate" | "stale" | "not_running" };

/** Asks a migrator to perform a step. Delivered at least once per `dispatchId`. */
export interface DispatchStepRequest {
  readonly migrationId: string;
  readonly runId: string;
  readonly stepName: string;
  /** Its metadata with the inputs laid over it. */
  readonly candidate: Candidate;
  readonly type?: string;
  readonly config?: StringMap;
  /** Opaque; goes into `POST /event/{callbackId}`. */
  readonly callbackId: string;
  readonly callbackUrl?: string;
  readonly eventName: string;
  readonly migratorApp: string;
  readonly migratorUrl: string;
  /** The idempotency key. */
  readonly dispatchId: string;
  readonly attempt: number;
  readonly stepAttempt: number;
  readonly inputs?: StringMap;
}

/** Asks a migrator to undo a step; undoing work never done succeeds. */
export interface CompensateStepRequest extends DispatchStepRequest {
  readonly stepStatus: StepStatus;
  readonly stepMetadata: StringMap;
}

/** Asks a migrator what steps would do to a candidate. Nothing is written anywhere. */
export interface DryRunRequest {
  readonly migrationId: string;
  readonly candidate: Candidate;
  readonly steps: readonly StepDefinition[];
  readonly inputs?: StringMap;
}

/** What a step would do to one file. */
export interface FileDiff {
  readonly path: string;
  readonly repo: string;
  readonly before?: string;
  readonly after?: string;
  readonly status: "new" | "modified" | "deleted";
}

/** What one step would do. */
export interface StepDryRun {
  readonly stepName: string;
  readonly skipped: boolean;
  readonly error?: string;
  readonly files?: readonly FileDiff[];
}

/** The preview of a run, in plan order. */
export interface DryRunResult {
  readonly steps: readonly StepDryRun[];
}
