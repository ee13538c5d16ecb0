import type { HistoryEntry, HistoryStore, Page } from "@loom/core";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { snapshot } from "./snapshot.ts";
import type { MemoryState } from "./state.ts";

export function createHistory(state: MemoryState): HistoryStore {
  return {
    async appendHistory(migrationId, entry) {
      recordHistory(state, migrationId, entry);
    },
    async listHistory(migrationId, page) {
      return latestFirst("history", state.history.get(migrationId) ?? [], page);
    },
  };
}

/** Appends to the history of a migration. */
export function recordHistory(state: MemoryState, migrationId: string, entry: HistoryEntry): void {
  const entries = state.history.get(migrationId) ?? [];
  entries.push(snapshot(entry));
  state.history.set(migrationId, entries);
}

/** A page of an append-only list from its end. A position counts from the start, so that what is appended moves nothing. */
export function latestFirst<T>(
  list: string,
  items: readonly T[],
  { cursor, limit }: { readonly cursor?: string; readonly limit: number },
): Page<T> {
  const isPosition = (text: string) => /^\d+$/.test(text) && Number(text) <= items.length;
  const end = Number(decodeCursor(list, cursor, isPosition) ?? items.length);
  const start = Math.max(0, end - limit);
  const page = items.slice(start, end).toReversed();
  return start > 0
    ? { items: page, nextCursor: encodeCursor(list, String(start)) }
    : { items: page };
}
