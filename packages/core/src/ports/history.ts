import type { HistoryEntry } from "../domain/views.ts";
import type { Page } from "./migration-store.ts";

/** Who did what when, per migration; append-only. Status changes append theirs themselves. */
export interface HistoryStore {
  appendHistory(migrationId: string, entry: HistoryEntry): Promise<void>;
  /** The latest first. */
  listHistory(
    migrationId: string,
    page: { readonly cursor?: string; readonly limit: number },
  ): Promise<Page<HistoryEntry>>;
}
