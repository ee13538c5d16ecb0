import type { CandidateFilter, CandidateRecord, MigrationStore, Page } from "@loom/core";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { findEntry, type MemoryState, type Shelf } from "./state.ts";

const LIST = "candidates";

export function createCandidates(
  state: MemoryState,
): Pick<MigrationStore, "getCandidate" | "listCandidates"> {
  return {
    async getCandidate(ref) {
      return findEntry(state, ref)?.record ?? null;
    },
    async listCandidates(migrationId, filter) {
      const after = decodeCursor(LIST, filter.cursor);
      const shelf = state.shelves.get(migrationId);
      return page(LIST, shelf ? matching(shelf, filter, after) : [], filter.limit, idOf);
    },
  };
}

/** The first items; a cursor to go on after them only when there are more. */
export function page<T>(
  list: string,
  items: Iterable<T>,
  limit: number,
  position: (item: T) => string,
): Page<T> {
  const taken: T[] = [];
  for (const item of items) {
    const last = taken.at(-1);
    if (taken.length === limit && last !== undefined)
      return { items: taken, nextCursor: encodeCursor(list, position(last)) };
    taken.push(item);
  }
  return { items: taken };
}

function* matching(
  { index, candidates }: Shelf,
  filter: CandidateFilter,
  after: string | undefined,
): Iterable<CandidateRecord> {
  const matches = matcherOf(filter);
  for (const id of index.after(filter, after)) {
    const record = candidates.get(id)?.record;
    if (record && matches(record)) yield record;
  }
}

function matcherOf({ kind, q }: CandidateFilter): (record: CandidateRecord) => boolean {
  const text = q?.toLowerCase();
  return ({ candidate }) =>
    (kind === undefined || candidate.kind === kind) &&
    (text === undefined || candidate.id.toLowerCase().includes(text));
}

function idOf({ candidate }: CandidateRecord): string {
  return candidate.id;
}
