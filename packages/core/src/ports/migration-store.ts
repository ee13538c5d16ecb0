import type { Candidate, CandidateStatus, DiscoveryCounts } from "../domain/candidate.ts";
import type { MigrationManifest } from "../domain/manifest.ts";
import type { CandidateCounts, Migration } from "../domain/migration.ts";
import type { CancelledAttempt, CurrentStep, RunPhase, RunProgress } from "../domain/run.ts";
import type { StepStatus } from "../domain/step.ts";
import type { StringMap, Timestamp } from "../domain/values.ts";
import type { HistoryEntry } from "../domain/views.ts";
import type { MigratorAddress } from "./migrator-notifier.ts";

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

/** One change of status, all of it or nothing. */
export interface StatusChange extends CandidateRef {
  /** Names this operation: the same token again is the same operation repeated because its reply was lost. */
  readonly token: string;
  readonly from: Position;
  readonly to: Position;
  readonly at: Timestamp;
  /** Replaces the stored inputs; absent leaves them. */
  readonly inputs?: StringMap;
  /** Begins the run of `to.attempt` in phase `running`, delivery `pending`, in place of an earlier attempt's. */
  readonly claim?: MigrationManifest;
  /** The last view of the run of `from.attempt`. */
  readonly progress?: SequencedProgress;
  /** Appended to the migration's list. */
  readonly cancelled?: CancelledAttempt;
  /** Appended to the migration's history. */
  readonly history: HistoryEntry;
}

/** `found` is what stands there instead; `null` when there is no such candidate. */
export type StatusChangeResult =
  | { readonly applied: true }
  | { readonly applied: false; readonly found: CandidateRecord | null };

/** A migration to register, with the principal that owns it. */
export interface Registration {
  readonly migration: Migration;
  /** The id of the principal. */
  readonly owner: string;
  readonly history: HistoryEntry;
}

/** `taken` names what belongs to another principal. */
export type RegistrationResult =
  | { readonly registered: Migration }
  | { readonly taken: "migration" | "app" };

/** A list of candidates to merge. */
export interface CandidateMerge {
  readonly migrationId: string;
  /** Each id once. */
  readonly candidates: readonly Candidate[];
  readonly discovery: { readonly id: string; readonly complete: boolean };
  readonly at: Timestamp;
  readonly history: HistoryEntry;
}

/** Which candidates to list; filters narrow each other. */
export interface CandidateFilter {
  readonly status?: CandidateStatus;
  readonly kind?: string;
  readonly q?: string;
  readonly stepStatus?: StepStatus;
  /** Opaque; from an earlier page of the same filter. */
  readonly cursor?: string;
  readonly limit: number;
}

/** Part of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}

/**
 * Migrations, candidates and where they stand. Every method is atomic; none waits for an engine.
 * A store that cannot be reached throws `store_unavailable`, and what it threw for is either whole or not there.
 */
export interface MigrationStore {
  /** Whether what was written survives the end of the process. A durable store needs `secrets` in `createLoom`. */
  readonly durable: boolean;

  /**
   * Puts the migration in, or in place of the one with its id, keeping `createdAt`; and its `migratorApp` → `migratorUrl`.
   * The first owner of an id, and of an app name, keeps it. History is appended only when something was registered.
   */
  register(registration: Registration): Promise<RegistrationResult>;
  /** `null` when it was never announced. */
  getMigration(migrationId: string): Promise<Migration | null>;
  /** All of them by id, with counts that cost the same for any number of candidates. */
  listMigrations(): Promise<readonly (Migration & { readonly counts: CandidateCounts })[]>;
  /** Where candidates stand; all zero for an unknown migration. */
  countCandidates(migrationId: string): Promise<CandidateCounts>;
  /** Where an app is now; `null` when no migration announced it. */
  findMigrator(app: string): Promise<MigratorAddress | null>;

  /**
   * Merges, never replaces. New ones appear as `not_started` (with the attempt number that they had, if they were removed
   * before); `not_started` ones take the new data; others keep all. A complete discovery then removes each `not_started`
   * one that no discovery has listed since this one's first chunk. A discovery id may be repeated, also after it completed.
   * `null` when the migration was never announced.
   */
  mergeCandidates(merge: CandidateMerge): Promise<DiscoveryCounts | null>;
  /** `null` when there is no such candidate. */
  getCandidate(ref: CandidateRef): Promise<CandidateRecord | null>;
  /**
   * In a stable order, from after the cursor. One that is there during the whole listing is listed exactly once.
   * @throws LoomError `validation_failed` for a cursor that is none
   */
  listCandidates(migrationId: string, filter: CandidateFilter): Promise<Page<CandidateRecord>>;

  /**
   * Compare-and-set: applied when the candidate stands at `from` (status and attempt). The token of the last
   * change applied to the candidate is kept: a repeated change with it answers `applied` and changes nothing.
   */
  changeStatus(change: StatusChange): Promise<StatusChangeResult>;
  /** Replaces the inputs of a candidate that stands at `at`; `false` when it does not. */
  saveInputs(ref: CandidateRef, at: Position, inputs: StringMap): Promise<boolean>;
  /** The latest first. */
  listCancelledAttempts(
    migrationId: string,
    page: { readonly cursor?: string; readonly limit: number },
  ): Promise<Page<CancelledAttempt>>;
}
