import type { Candidate, CandidateStatus } from "../domain/candidate.ts";
import type { CurrentStep, RunPhase, RunProgress } from "../domain/run.ts";
import type { StringMap, Timestamp } from "../domain/values.ts";

/** Names a candidate. */
export interface CandidateRef {
  readonly migrationId: string;
  readonly candidateId: string;
}

/** Where a candidate stands in its life. Attempts only grow, so a position once left never comes back. */
export interface Position {
  readonly status: CandidateStatus;
  /** The last attempt taken; 0 before the first. */
  readonly attempt: number;
}

/** What must stand there for a change to apply. */
export interface Expectation extends Position {
  /** When given, the stored inputs must be these: so that no hand's inputs are lost to another's. */
  readonly inputs?: StringMap;
}

/** Whether the engine has a claimed run: `delivered` once it has saved progress, `undelivered` once a delivery failed. */
export type Delivery = "pending" | "undelivered" | "delivered";

/** A candidate as stored. */
export interface CandidateRecord extends Position {
  readonly candidate: Candidate;
  readonly updatedAt: Timestamp;
  /** The inputs given at queue, start or later. Never shown. */
  readonly inputs: StringMap;
  /** About the latest attempt that was started, if any. */
  readonly run?: RunSummary;
}

/** What a list needs of a run. */
export interface RunSummary {
  readonly attempt: number;
  readonly phase: RunPhase;
  readonly delivery: Delivery;
  readonly claimedAt: Timestamp;
  readonly currentStep?: CurrentStep;
}

/** A view of a run, ordered within its attempt by `sequence`. */
export interface SequencedProgress {
  readonly attempt: number;
  readonly sequence: number;
  readonly progress: RunProgress;
}
