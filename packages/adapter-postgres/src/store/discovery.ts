import { randomUUID } from "node:crypto";
import type { Candidate, CandidateMerge, DiscoveryCounts, MigrationStore } from "@loom/core";
import type { Outcome, Row, Session } from "../database/database.ts";
import { type Statement, statement } from "../database/statement.ts";
import { momentOf, numberIn } from "../database/values.ts";
import type { Names } from "../schema/names.ts";
import type { StoreContext } from "./context.ts";
import { countNotStarted } from "./counters.ts";
import { beginOperation, createOperations } from "./operations.ts";

/** How many candidates a statement merges. */
const CHUNK = 5_000;
/** How many discoveries of a migration are remembered, so that a late chunk still finds when its own began. */
const DISCOVERIES_KEPT = 200;

interface MergeStatements {
  readonly begin: Statement;
  readonly merge: Statement;
  readonly remove: Statement;
  readonly countLeft: Statement;
  readonly end: Statement;
}

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

function mergeStatements(names: Names): MergeStatements {
  return {
    begin: statement(beginSql(names)),
    merge: statement(mergeSql(names)),
    remove: statement(removeSql(names)),
    countLeft: statement(`
      SELECT count(*) AS preserved FROM ${names.candidates}
      WHERE migration = :number::integer AND listed < :began::integer`),
    end: statement(endSql(names)),
  };
}

function beginSql(names: Names): string {
  return `
    WITH ${beginOperation(names)}, submitted AS (
      UPDATE ${names.migrations} m SET submissions = m.submissions + 1 FROM operation
      WHERE m.id = :migration RETURNING m.number, m.submissions
    )
    INSERT INTO ${names.discoveries} AS d (migration, id, began, used)
    SELECT number, :discovery, submissions, submissions FROM submitted
    ON CONFLICT (migration, id) DO UPDATE SET used = excluded.used
    RETURNING migration, began, used`;
}

/** Data that differs in the order of its keys only is the same. */
const DIFFERS = `(c.kind IS DISTINCT FROM i.kind
  OR c.data::text <> i.data AND c.data::jsonb <> i.data::jsonb)`;

function mergeSql({ candidates, retired }: Names): string {
  const isRevised = `c.status = 'not_started' AND ${DIFFERS}`;
  return `
    WITH input AS MATERIALIZED (
      SELECT * FROM unnest(:ids::text[], :folded::text[], :kinds::text[], :data::text[])
        AS i(id, folded, kind, data)
    ), known AS (
      UPDATE ${candidates} c SET
        listed = :submission::integer,
        revised = CASE WHEN ${isRevised} THEN :submission::integer ELSE c.revised END,
        updated_at = CASE WHEN ${isRevised} THEN :at::bigint ELSE c.updated_at END,
        kind = CASE WHEN ${isRevised} THEN i.kind ELSE c.kind END,
        data = CASE WHEN ${isRevised} THEN i.data::json ELSE c.data END
      FROM input i WHERE c.migration = :number::integer AND c.id = i.id
      RETURNING c.id, c.status, c.revised
    ), fresh AS (
      INSERT INTO ${candidates}
        (migration, id, folded, kind, data, status, attempt, updated_at, listed, revised)
      SELECT :number::integer, i.id, i.folded, i.kind, i.data::json, 'not_started',
        coalesce((SELECT r.attempt FROM ${retired} r WHERE r.migration = :number::integer AND r.id = i.id), 0),
        :at::bigint, :submission::integer, :submission::integer
      FROM input i WHERE NOT EXISTS (SELECT FROM known k WHERE k.id = i.id)
      ORDER BY i.id COLLATE "C"
      RETURNING 1
    )
    SELECT (SELECT count(*) FROM fresh) AS added,
      count(*) FILTER (WHERE status = 'not_started' AND revised = :submission::integer) AS updated,
      count(*) FILTER (WHERE status = 'not_started' AND revised <> :submission::integer) AS unchanged,
      count(*) FILTER (WHERE status <> 'not_started') AS preserved
    FROM known`;
}

function removeSql({ candidates, retired, runs }: Names): string {
  return `
    WITH gone AS (
      DELETE FROM ${candidates}
      WHERE migration = :number::integer AND listed < :began::integer AND status = 'not_started'
      RETURNING id, attempt, run_attempt
    ), kept AS (
      INSERT INTO ${retired} (migration, id, attempt)
      SELECT :number::integer, id, attempt FROM gone WHERE attempt > 0
      ON CONFLICT (migration, id) DO UPDATE SET attempt = excluded.attempt
    ), forgotten AS (
      DELETE FROM ${runs} r USING gone g
      WHERE r.migration = :number::integer AND r.candidate_id = g.id AND g.run_attempt IS NOT NULL
    )
    SELECT count(*) AS removed FROM gone`;
}

function endSql(names: Names): string {
  return `
    WITH counted AS (${countNotStarted(names)}), outdated AS (
      DELETE FROM ${names.discoveries} WHERE migration = :number::integer AND used <= (
        SELECT used FROM ${names.discoveries} WHERE migration = :number::integer
        ORDER BY used DESC OFFSET ${DISCOVERIES_KEPT} LIMIT 1
      )
    )
    INSERT INTO ${names.history} (migration_id, entry) VALUES (:migration, :entry::json)`;
}
