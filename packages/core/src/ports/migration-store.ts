import type { CandidateStatus, DiscoveryCounts } from "../domain/candidate.ts";
import type { CandidateCounts, Migration } from "../domain/migration.ts";
import type { CancelledAttempt } from "../domain/run.ts";
import type { StepStatus } from "../domain/step.ts";
import type { StringMap } from "../domain/values.ts";
import type { CandidateRecord, CandidateRef, Expectation } from "./candidate-record.ts";
import type { MigratorAddress } from "./migrator-notifier.ts";
import type { Page, PageRequest } from "./page.ts";
import type { CandidateMerge, Registration, RegistrationResult } from "./registration.ts";
import type { StatusChange, StatusChangeResult } from "./status-change.ts";

/** Which candidates to list; filters narrow each other. */
export interface CandidateFilter extends PageRequest {
  readonly status?: CandidateStatus;
  readonly kind?: string;
  readonly q?: string;
  readonly stepStatus?: StepStatus;
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
   * In the order of the code points of their ids, from after the cursor. One that is there during the whole listing is listed exactly once.
   * @throws LoomError `validation_failed` for a cursor that is none
   */
  listCandidates(migrationId: string, filter: CandidateFilter): Promise<Page<CandidateRecord>>;

  /**
   * Compare-and-set: applied when the candidate stands at `from` (status, attempt, and inputs when they are given). The token of the last
   * change applied to the candidate is kept: a repeated change with it answers `applied` and changes nothing.
   * A change away from `running` ends the run: its phase is `finished` and it is at no step, whatever view was shown last.
   */
  changeStatus(change: StatusChange): Promise<StatusChangeResult>;
  /** Replaces the inputs of a candidate that stands at `at`, expected inputs included; `false` when it does not. */
  saveInputs(ref: CandidateRef, at: Expectation, inputs: StringMap): Promise<boolean>;
  /** The latest first. */
  listCancelledAttempts(migrationId: string, page: PageRequest): Promise<Page<CancelledAttempt>>;
}
