import type { Actor } from "./domain/actor.ts";
import type { Candidate, DiscoveryCounts } from "./domain/candidate.ts";
import type { Migration } from "./domain/migration.ts";
import type {
  CandidateSubmission,
  DryRunResult,
  MigrationAnnouncement,
  ReportResult,
  StepCompletedEvent,
} from "./domain/requests.ts";
import type { StringMap } from "./domain/values.ts";
import type {
  CancelledAttemptPage,
  CandidatePage,
  CandidateQuery,
  CandidateWithStatus,
  HistoryPage,
  MigrationDetail,
  MigrationWithCounts,
  RunDetail,
  RunRef,
} from "./domain/views.ts";
import type { CandidateRef } from "./ports/candidate-record.ts";

/** What an operator may give with queue, execute and start. */
export interface StartOptions {
  /** Values by name; merged over those given before. */
  readonly inputs?: StringMap;
}

/** What an operator may say with a cancel. */
export interface CancelOptions {
  readonly reason?: string;
  /** `true` undoes the dispatched compensable steps first; an explicit `false` later gives that up. */
  readonly compensate?: boolean;
  /** A precondition: another one current is `stale_attempt`. */
  readonly attempt?: number;
}

/** Which failed step to try again. */
export interface RetryOptions {
  readonly stepName: string;
  /** Preconditions: others current are `stale_attempt`. */
  readonly attempt?: number;
  readonly stepAttempt?: number;
}

/** Where to go on in a list. */
export interface ListOptions {
  readonly cursor?: string;
  /** 1–500; 100 when absent. */
  readonly limit?: number;
}

/** What one recovery found and did. */
export interface RecoveryReport {
  /** Claims whose engine had not got them, started. */
  readonly started: number;
  /** Runs whose engine instance was gone, finished as cancelled. */
  readonly closed: number;
  /** Runs that could not be recovered this time, those that began in another engine among them; the log says why. */
  readonly failed: number;
}

/**
 * Everything that HTTP can do, in process and typed. Every method checks its arguments by the rules of the contract
 * (`validation_failed`), throws {@link LoomError}s only, and changes nothing when it throws. The last parameter says who
 * acts, for history; it defaults to an actor named `in-process`.
 *
 * Besides the codes named at each method, all may throw `store_unavailable`, and those that take a migration or a
 * candidate `migration_not_found` and `candidate_not_found`.
 */
export interface Loom {
  /** Registers or refreshes a migration, idempotently. @throws `forbidden` when its id or app belongs to another principal */
  announce(announcement: MigrationAnnouncement, actor?: Actor): Promise<Migration>;
  /** Merges candidates; see {@link CandidateSubmission} for chunks. */
  submitCandidates(
    migrationId: string,
    submission: CandidateSubmission,
    actor?: Actor,
  ): Promise<DiscoveryCounts>;
  /**
   * Takes a report.
   * @param id the `callbackId` of a dispatch, which needs no other authorisation; or a plain run id, which means the current
   *   call of the step that the event names and is for operators
   * @throws `unauthenticated` for a callback id that is not ours, `run_not_found`
   */
  reportStep(id: string, event: StepCompletedEvent, actor?: Actor): Promise<ReportResult>;

  listMigrations(): Promise<readonly MigrationWithCounts[]>;
  getMigration(migrationId: string): Promise<MigrationDetail>;
  listCandidates(migrationId: string, query?: CandidateQuery): Promise<CandidatePage>;
  getCandidate(ref: CandidateRef): Promise<CandidateWithStatus>;
  /** The latest attempt. @throws `run_not_found` when there has been none */
  getSteps(ref: CandidateRef): Promise<RunDetail>;
  listCancelledAttempts(migrationId: string, options?: ListOptions): Promise<CancelledAttemptPage>;
  listHistory(migrationId: string, options?: ListOptions): Promise<HistoryPage>;

  /**
   * not_started → queued.
   * @throws `invalid_transition`, `already_running`, `already_completed`, `run_closing`, `unknown_input`; `payload_too_large`
   *   when the engine holds no run with so many inputs
   */
  queue(ref: CandidateRef, options?: StartOptions, actor?: Actor): Promise<RunRef>;
  /** queued → not_started. @throws `invalid_transition` */
  dequeue(ref: CandidateRef, actor?: Actor): Promise<void>;
  /** queued → running. @throws as {@link Loom.start} */
  execute(ref: CandidateRef, options?: StartOptions, actor?: Actor): Promise<RunRef>;
  /**
   * not_started or queued → running, in one atomic step.
   * @throws `already_running`, `already_completed`, `run_closing`, `missing_inputs`, `unknown_input`; `engine_unavailable`
   *   when the claim is written but not delivered: the same start again drives it on, and so does the recovery;
   *   `payload_too_large` when the engine takes no run with so much in it: the attempt is closed then
   */
  start(ref: CandidateRef, options?: StartOptions, actor?: Actor): Promise<RunRef>;
  /**
   * queued or running → not_started, with clean-up. A claim that the engine does not take is closed without it.
   * @throws `invalid_transition`, `already_completed`, `stale_attempt`; `engine_unavailable` when it does not answer
   */
  cancel(ref: CandidateRef, options?: CancelOptions, actor?: Actor): Promise<void>;
  /** Dispatches the failed step again. @throws `invalid_transition`, `step_not_failed`, `stale_attempt`, `run_closing` */
  retryStep(ref: CandidateRef, options: RetryOptions, actor?: Actor): Promise<void>;
  /**
   * Merges inputs; a running candidate takes them at its next dispatch.
   * @throws `invalid_transition`, `unknown_input`; `payload_too_large` when the engine holds no run with so many
   */
  updateInputs(ref: CandidateRef, inputs: StringMap, actor?: Actor): Promise<void>;
  /** What the steps would do to a stored candidate. @throws `migrator_unreachable`, `migrator_bad_response`, `migrator_timeout`, `unknown_input` */
  dryRun(ref: CandidateRef, options?: StartOptions): Promise<DryRunResult>;
  /** The same for a candidate that is not stored. */
  previewCandidate(
    migrationId: string,
    preview: { readonly candidate: Candidate; readonly inputs?: StringMap },
  ): Promise<DryRunResult>;

  /**
   * Recovers, takes up work, and from then on recovers periodically. Call it once, when the service is ready.
   * @throws `store_unavailable`; `invalid_configuration` when the store or the engine's runtime can hold no Loom as it is
   */
  open(): Promise<void>;
  /** Performs nothing new, and waits for what is in flight. After it every method throws `engine_unavailable`. */
  close(): Promise<void>;
  /** Finishes what a crash left between store and engine. Never needed by hand after {@link Loom.open}. */
  recover(): Promise<RecoveryReport>;
  /** Answers when Loom can work. @throws `store_unavailable`; `engine_unavailable` before open and after close */
  ready(): Promise<void>;
}
