import { isDeepStrictEqual } from "node:util";
import type { Candidate, CandidateMerge, DiscoveryCounts, MigrationStore } from "@loom/core";
import { recordHistory } from "./history.ts";
import { snapshot } from "./snapshot.ts";
import type { CandidateEntry, MemoryState, Shelf } from "./state.ts";

/** How many discoveries of a migration are remembered, so that a late chunk still finds when its own began. */
const DISCOVERIES_KEPT = 200;

type Outcome = keyof DiscoveryCounts;

export function createDiscovery(state: MemoryState): Pick<MigrationStore, "mergeCandidates"> {
  return {
    async mergeCandidates(merge) {
      const shelf = state.shelves.get(merge.migrationId);
      if (!shelf) return null;
      const counts = mergeInto(shelf, merge);
      recordHistory(state, merge.migrationId, merge.history);
      return counts;
    },
  };
}

function mergeInto(shelf: Shelf, { candidates, discovery, at }: CandidateMerge): DiscoveryCounts {
  const submission = ++shelf.submissions;
  const begin = beginOf(shelf, discovery.id, submission);
  const listed = candidates.map((candidate) => mergeOne(shelf, candidate, submission, at));
  const left = discovery.complete ? leftOut(shelf, begin).map((entry) => drop(shelf, entry)) : [];
  return tally([...listed, ...left]);
}

/** The submission with which the discovery began: this one, unless it is known. */
function beginOf({ discoveries }: Shelf, id: string, submission: number): number {
  const begin = discoveries.get(id) ?? submission;
  discoveries.delete(id);
  discoveries.set(id, begin);
  if (discoveries.size > DISCOVERIES_KEPT)
    for (const oldest of [...discoveries.keys()].slice(0, 1)) discoveries.delete(oldest);
  return begin;
}

function mergeOne(shelf: Shelf, candidate: Candidate, listed: number, at: string): Outcome {
  const entry = shelf.candidates.get(candidate.id);
  if (!entry) return add(shelf, candidate, listed, at);
  entry.listed = listed;
  if (entry.record.status !== "not_started") return "preserved";
  const next = snapshot(candidate);
  if (isDeepStrictEqual(entry.record.candidate, next)) return "unchanged";
  entry.record = snapshot({ ...entry.record, candidate: next, updatedAt: at });
  return "updated";
}

function add(shelf: Shelf, candidate: Candidate, listed: number, at: string): Outcome {
  const { id } = candidate;
  const record = snapshot({
    candidate,
    status: "not_started" as const,
    attempt: shelf.attempts.get(id) ?? 0,
    updatedAt: at,
    inputs: {},
  });
  shelf.attempts.delete(id);
  shelf.candidates.set(id, { record, listed });
  shelf.index.update(id, undefined, record);
  return "added";
}

function leftOut(shelf: Shelf, begin: number): readonly CandidateEntry[] {
  return [...shelf.candidates.values()].filter(({ listed }) => listed < begin);
}

function drop(shelf: Shelf, { record }: CandidateEntry): Outcome {
  if (record.status !== "not_started") return "preserved";
  const { id } = record.candidate;
  shelf.candidates.delete(id);
  shelf.index.update(id, record, undefined);
  if (record.attempt > 0) shelf.attempts.set(id, record.attempt);
  return "removed";
}

function tally(outcomes: readonly Outcome[]): DiscoveryCounts {
  const counts = { added: 0, updated: 0, unchanged: 0, removed: 0, preserved: 0 };
  for (const outcome of outcomes) counts[outcome]++;
  return counts;
}
