import type { Candidate } from "../domain/candidate.ts";
import type { Migration } from "../domain/migration.ts";
import type { Timestamp } from "../domain/values.ts";
import type { HistoryEntry } from "../domain/views.ts";

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
