import { randomUUID } from "node:crypto";
import type { Candidate, CandidateMerge, DiscoveryCounts, MigrationStore } from "@loom/core";
import type { Outcome, Row, Session } from "../database/database.ts";
import { momentOf, numberIn } from "../database/values.ts";
import type { StoreContext } from "./context.ts";
import { type MergeStatements, mergeStatements } from "./discovery-statements.ts";
import { createOperations } from "./operations.ts";

/** How many candidates a statement merges. */
const CHUNK = 5_000;

/** A merge under way: the submission that it is, and the one with which its discovery began. */
interface Merging {
  readonly session: Session;
  readonly migration: string;
  /** That of the migration. */
  readonly number: number;
  readonly submission: number;
  readonly began: number;
}

/**
 * Merges of a migration take turns: each begins by counting up the migration's submissions, and holds that row to its end. So
 * candidates come and go by one hand at a time, and what a merge has read of their data stays true; other hands change
 * statuses only, one candidate in a transaction, so that no order of locks can close a circle.
 */
export function createDiscovery({
  database,
  names,
}: StoreContext): Pick<MigrationStore, "mergeCandidates"> {
  const operations = createOperations(names);
  const sql = mergeStatements(names);
  return {
    mergeCandidates(merge) {
      const operation = randomUUID();
      const { migrationId: migration, discovery } = merge;
      return database.transaction(async (session): Promise<Outcome<DiscoveryCounts | null>> => {
        const values = { operation, migration, discovery: discovery.id };
        const [row] = await session.query(sql.begin, values);
        if (!row) {
          const answer = await operations.answerOf<DiscoveryCounts>(session, operation);
          return { keep: false, answer: answer ?? null };
        }
        const answer = await mergeAll(sql, mergingOf(session, migration, row), merge);
        await session.query(operations.note, { operation, answer: JSON.stringify(answer) });
        return { keep: true, answer };
      });
    },
  };
}

function mergingOf(session: Session, migration: string, row: Row): Merging {
  const [number, submission] = [numberIn(row, "migration"), numberIn(row, "used")];
  return { session, migration, number, submission, began: numberIn(row, "began") };
}

async function mergeAll(
  sql: MergeStatements,
  merging: Merging,
  { candidates, discovery, at, history }: CandidateMerge,
): Promise<DiscoveryCounts> {
  const counts = { added: 0, updated: 0, unchanged: 0, removed: 0, preserved: 0 };
  for (let from = 0; from < candidates.length; from += CHUNK)
    add(counts, await mergeChunk(sql, merging, candidates.slice(from, from + CHUNK), momentOf(at)));
  if (discovery.complete) add(counts, await removeLeftOut(sql, merging));
  const { session, migration, number } = merging;
  const more = counts.added - counts.removed;
  await session.query(sql.end, { migration, number, more, entry: JSON.stringify(history) });
  return counts;
}

async function mergeChunk(
  { merge }: MergeStatements,
  { session, number, submission }: Merging,
  candidates: readonly Candidate[],
  at: number,
): Promise<Partial<DiscoveryCounts>> {
  const [row] = await session.query(merge, {
    number,
    submission,
    at,
    ids: candidates.map(({ id }) => id),
    folded: candidates.map(({ id }) => foldedOf(id)),
    kinds: candidates.map(({ kind }) => kind ?? null),
    data: candidates.map(dataOf),
  });
  return {
    added: numberIn(row, "added"),
    updated: numberIn(row, "updated"),
    unchanged: numberIn(row, "unchanged"),
    preserved: numberIn(row, "preserved"),
  };
}

async function removeLeftOut(
  { remove, countLeft }: MergeStatements,
  { session, number, began }: Merging,
): Promise<Partial<DiscoveryCounts>> {
  const [gone] = await session.query(remove, { number, began });
  const [left] = await session.query(countLeft, { number, began });
  return { removed: numberIn(gone, "removed"), preserved: numberIn(left, "preserved") };
}

function add(counts: Record<keyof DiscoveryCounts, number>, more: Partial<DiscoveryCounts>): void {
  for (const key of ["added", "updated", "unchanged", "removed", "preserved"] as const)
    counts[key] += more[key] ?? 0;
}

/** The id in lower case as JavaScript has it, so that a search finds the same in every store. */
function foldedOf(id: string): string | null {
  const folded = id.toLowerCase();
  return folded === id ? null : folded;
}

function dataOf({ id: _id, kind: _kind, ...data }: Candidate): string {
  return JSON.stringify(data);
}
