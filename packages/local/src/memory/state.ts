import type {
  CancelledAttempt,
  CandidateRecord,
  CandidateRef,
  HistoryEntry,
  Migration,
  MigrationManifest,
  MigratorAddress,
  RunProgress,
  StoredRun,
} from "@loom/core";
import type { CandidateIndex } from "./candidate-index.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { createSortedIds, type SortedIds } from "./sorted-ids.ts";

/** What is kept of a candidate. Values are snapshots; the slots are replaced, never what is in them. */
export interface CandidateEntry {
  record: CandidateRecord;
  /** The submission that listed it last. */
  listed: number;
  /** Of the last change applied. */
  token?: string;
  run?: RunEntry;
}

/** What is kept of the latest started attempt, besides the summary in its candidate's record. */
export interface RunEntry {
  readonly manifest: MigrationManifest;
  readonly view?: { readonly sequence: number; readonly progress: RunProgress };
}

/** A migration with all that belongs to it. Ids are keys of maps, so that no id means anything to the language. */
export interface Shelf {
  migration: Migration;
  readonly owner: string;
  readonly candidates: Map<string, CandidateEntry>;
  readonly index: CandidateIndex;
  /** The attempt numbers of candidates that were removed. */
  readonly attempts: Map<string, number>;
  /** How many lists of candidates were submitted. */
  submissions: number;
  /** Which submission each of the latest discoveries began with. */
  readonly discoveries: Map<string, number>;
  readonly cancelled: CancelledAttempt[];
}

/** All that the memory store holds. */
export interface MemoryState {
  readonly shelves: Map<string, Shelf>;
  readonly shelfIds: SortedIds;
  readonly apps: Map<string, { readonly owner: string; readonly address: MigratorAddress }>;
  readonly history: Map<string, HistoryEntry[]>;
  readonly runs: Map<string, StoredRun>;
  readonly outbox: Outbox;
}

export function createMemoryState(): MemoryState {
  return {
    shelves: new Map(),
    shelfIds: createSortedIds(),
    apps: new Map(),
    history: new Map(),
    runs: new Map(),
    outbox: createOutbox(),
  };
}

export function findEntry(state: MemoryState, ref: CandidateRef): CandidateEntry | undefined {
  return state.shelves.get(ref.migrationId)?.candidates.get(ref.candidateId);
}
