import type { StepDefinition } from "./step.ts";
import type { StringMap } from "./values.ts";

/** Files of one repository that a migration is about to touch, for people. */
export interface FileGroup {
  readonly name: string;
  readonly repo: string;
  readonly files: readonly { readonly path: string; readonly url: string }[];
}

/** The thing migrated. Everything but the id is opaque to Loom. */
export interface Candidate {
  /** Primary key within the migration: logical, not a repository path. */
  readonly id: string;
  readonly kind?: string;
  readonly metadata?: StringMap;
  /** Observed at discovery, such as the current version. */
  readonly state?: StringMap;
  readonly files?: readonly FileGroup[];
  /** When present, these replace the migration's steps for this candidate. */
  readonly steps?: readonly StepDefinition[];
}

/** Where a candidate stands. There is no `failed`: a failed step waits, within `running`, for retry or cancel. */
export type CandidateStatus = "not_started" | "queued" | "running" | "completed";

/** What a submission of candidates did. */
export interface DiscoveryCounts {
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly removed: number;
  /** Queued, running and completed ones that kept everything, listed or not. */
  readonly preserved: number;
}
