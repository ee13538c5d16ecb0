import type { MigrationManifest } from "../domain/manifest.ts";
import type { CancelledAttempt } from "../domain/run.ts";
import type { StringMap, Timestamp } from "../domain/values.ts";
import type { HistoryEntry } from "../domain/views.ts";
import type {
  CandidateRecord,
  CandidateRef,
  Expectation,
  Position,
  SequencedProgress,
} from "./candidate-record.ts";

/** One change of status, all of it or nothing. */
export interface StatusChange extends CandidateRef {
  /** Names this operation: the same token again is the same operation repeated because its reply was lost. */
  readonly token: string;
  readonly from: Expectation;
  readonly to: Position;
  readonly at: Timestamp;
  /** Replaces the stored inputs; absent leaves them. */
  readonly inputs?: StringMap;
  /**
   * Begins the run of `to.attempt` in phase `running`, delivery `pending`, in place of an earlier attempt's. It has no
   * `inputs`: those are the candidate's, which go when the run ends.
   */
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
