import type { Candidate, CandidateFilter, StatusChange, Store } from "@loom/core";

/**
 * What somebody who knows the driver would write by hand to keep the same facts: every change compares and sets status and
 * attempt, keeps the token, the indexes, the counters and the line of history, and the run where there is one, at once.
 */
export interface RawStore {
  register(migrationId: string): Promise<void>;
  /** @returns how many were new */
  merge(migrationId: string, candidates: readonly Candidate[]): Promise<number>;
  /** @returns whether it was applied */
  change(change: StatusChange): Promise<boolean>;
  /** The status and its index only. @returns whether it was applied */
  changeBare(change: StatusChange): Promise<boolean>;
  /** As many candidates as `limit` after an id, read and decoded. */
  page(migrationId: string, filter: RawFilter): Promise<readonly Candidate[]>;
  count(migrationId: string): Promise<number>;
}

/** One filter at a time; `after` is an id, empty for the first page. */
export type RawFilter = Pick<CandidateFilter, "status" | "kind" | "q" | "limit"> & {
  readonly after: string;
};

/** A way to use a server: so many requests at a time. */
export interface Way {
  readonly name: string;
  readonly atOnce: number;
  readonly store: Store;
  readonly raw: RawStore;
}

/** What Loom's tables or keys take, in bytes. */
export interface Footprint {
  readonly candidates: number;
  readonly runs: number;
  readonly history: number;
}

/** A server of the benchmark's own with Loom's store and one by hand side by side. */
export interface World {
  /** Server and settings, for the reader of the figures. */
  readonly about: string;
  /** The first is for what is done one after the other. */
  readonly ways: readonly [Way, ...Way[]];
  /** The most bytes that we want a candidate to take. */
  readonly mostBytes: number;
  /** Ways for many candidates to change, by what is said of them: the share of them after which the server tidies up. */
  readonly paces: Readonly<Record<string, number>>;
  /** What {@link Footprint} counts, for the reader of the figures. */
  readonly counted: string;
  /** Forgets everything, Loom's and that by hand. */
  empty(): Promise<void>;
  /** The upkeep that the server would do by itself in time. */
  tidy(): Promise<void>;
  footprint(): Promise<Footprint>;
  close(): Promise<void>;
}
