import type { MigrationManifest } from "../domain/manifest.ts";
import type { RunProgress } from "../domain/run.ts";
import type { EpochMilliseconds } from "../domain/values.ts";
import type { CompensateStep, DispatchStep, SetTimer } from "../run/command-types.ts";
import type { RunState } from "../run/state.ts";
import type { CandidateRef, RunSummary, SequencedProgress } from "./candidate-record.ts";
import type { Page, PageRequest } from "./page.ts";
import type { StatusChange } from "./status-change.ts";

/** The latest started attempt of a candidate, in full. */
export interface RunRecord extends RunSummary {
  readonly manifest: MigrationManifest;
  /** `undefined` until the engine has saved some. */
  readonly progress?: RunProgress;
}

/** The views of runs that readers and recovery use, whatever the engine. */
export interface RunViewStore {
  /** The latest attempt that was started; `null` when there has been none. */
  getRun(ref: CandidateRef): Promise<RunRecord | null>;
  /**
   * Shows a view, if the candidate runs that attempt and no view of it with this or a later sequence is there: else nothing
   * changes. It makes the delivery `delivered`, and a phase once `cancelling` stays so until the finish.
   */
  saveProgress(ref: CandidateRef, view: SequencedProgress): Promise<void>;
  /** Shows that attempt as `cancelling` from now on, if it is running. */
  markCancelling(ref: CandidateRef, attempt: number): Promise<void>;
  /** Shows that the engine could not be given that attempt, unless it has saved progress since. */
  markUndelivered(ref: CandidateRef, attempt: number): Promise<void>;
  /** Every candidate with status `running`, over all migrations, in a stable order. */
  listRunning(page: PageRequest): Promise<Page<RunRecord>>;
}

/** A command of a stored host that is to be performed at a time: a call to a migrator, or a timer. */
export interface OutboxEntry {
  /** The command's id: deterministic and unique among all runs. */
  readonly id: string;
  readonly runId: string;
  readonly attempt: number;
  readonly command: DispatchStep | CompensateStep | SetTimer;
  readonly dueAt: EpochMilliseconds;
  /** Calls made so far. */
  readonly tries: number;
}

/** The state of a run that a stored host keeps. */
export interface StoredRun {
  readonly state: RunState;
  /** Changes with each commit. */
  readonly version: number;
}

/** One step of a stored run: all of it or nothing. */
export interface RunCommit {
  readonly runId: string;
  readonly attempt: number;
  /** The version that was loaded; 0 to create. */
  readonly expectedVersion: number;
  readonly state: RunState;
  /** The view to show, by the rules of `saveProgress`. */
  readonly progress?: SequencedProgress;
  /**
   * The end of the run, by the rules of `changeStatus`; the state and what is left of its outbox go, even when the candidate
   * was moved on by another hand and its status is left alone.
   */
  readonly finish?: StatusChange;
  /** Entries to add, with no lease. */
  readonly add: readonly OutboxEntry[];
  /** Ids of entries that are done with. */
  readonly remove: readonly string[];
  /** Entries put off: due again at `dueAt` with these tries, with no lease. */
  readonly postpone: readonly Pick<OutboxEntry, "id" | "dueAt" | "tries">[];
  /** Entries that are due at once; a lease on one stands. */
  readonly hasten: readonly string[];
}

/** Asks for work. */
export interface LeaseRequest {
  /** Unique to a process and its start. */
  readonly owner: string;
  readonly now: EpochMilliseconds;
  readonly leaseMs: number;
  readonly limit: number;
}

/** Keeps the state, outbox and timers of stored hosts (in-process, Inngest). */
export interface StoredRunStore {
  /** `null` when that attempt was not begun, or has finished. */
  loadRun(runId: string, attempt: number): Promise<StoredRun | null>;
  /**
   * Commits one step if the version still is the expected one; `false` when it is not. A creation (version 0) succeeds only
   * while the candidate is `running` with this attempt and no state is there, so that a late start never runs again.
   */
  commitRun(commit: RunCommit): Promise<boolean>;
  /**
   * Entries that are due and not leased by a living owner, the longest due first (one whose lease ran out may count from
   * then); they are leased to the owner from now on, for `leaseMs`. No entry is given to two owners within a lease.
   */
  leaseDue(request: LeaseRequest): Promise<readonly OutboxEntry[]>;
  /**
   * Lets the owner's leases on these entries end `leaseMs` from now, later or sooner than they would have; one that was lost
   * meanwhile is left alone.
   */
  renewLeases(request: {
    readonly owner: string;
    readonly ids: readonly string[];
    readonly now: EpochMilliseconds;
    readonly leaseMs: number;
  }): Promise<void>;
  /** Gives up the owner's leases on these entries, so that another may take them at once. */
  releaseLeases(request: {
    readonly owner: string;
    readonly ids: readonly string[];
  }): Promise<void>;
  /** When the next entry can be leased: when it is due or, if it is leased, when that lease ends; `null` when there is none. */
  nextDueAt(): Promise<EpochMilliseconds | null>;
}
