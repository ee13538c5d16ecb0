import type { HistoryEntry } from "../domain/views.ts";
import type { Page, PageRequest } from "./page.ts";

/** Who did what when, per migration; append-only. Status changes append theirs themselves. */
export interface HistoryStore {
  appendHistory(migrationId: string, entry: HistoryEntry): Promise<void>;
  /** The latest first. */
  listHistory(migrationId: string, page: PageRequest): Promise<Page<HistoryEntry>>;
}
