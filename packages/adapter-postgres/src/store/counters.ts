import type { CandidateCounts } from "@loom/core";
import type { Row } from "../database/database.ts";
import { numberIn } from "../database/values.ts";
import type { Names } from "../schema/names.ts";

/** The counters by their columns. */
const COLUMNS = {
  not_started: "notStarted",
  queued: "queued",
  running: "running",
  completed: "completed",
  blocked: "blocked",
  awaiting_review: "awaitingReview",
} as const satisfies Readonly<Record<string, keyof CandidateCounts>>;

const NAMES = Object.keys(COLUMNS);
/** Into how many rows the counters of a migration are spread. A connection keeps to one of them. */
const SLOTS = 64;

/** The counters of a migration, or of all by `GROUP BY migration`. */
export const COUNTS = NAMES.map((name) => `coalesce(sum(k.${name}), 0) AS ${name}`).join(", ");

export function countsOf(row: Row): CandidateCounts {
  const entries = Object.entries(COLUMNS).map(([column, name]) => [name, numberIn(row, column)]);
  return Object.fromEntries(entries) as CandidateCounts;
}

/** Counts what the rows of `moved` (migration, was, status, step_before, step_status) left and where they went. */
export function countMoved(names: Names): string {
  const differences = [
    ...["not_started", "queued", "running", "completed"].map(
      (status) => `(m.status = '${status}')::integer - (m.was = '${status}')::integer`,
    ),
    ...["failed", "awaiting_review"].map(
      (step) => `(m.step_status = '${step}')::integer - (m.step_before = '${step}')::integer`,
    ),
  ];
  const source = `SELECT m.migration, ${SLOT}, ${differences.join(", ")} FROM moved m
    WHERE m.status <> m.was OR m.step_status <> m.step_before`;
  return addTo(names, NAMES, source);
}

/** Counts `:more` candidates that came to the migration of that number, or went when it is less than none. */
export function countNotStarted(names: Names): string {
  const source = `SELECT :number::integer, ${SLOT}, :more::integer, 0, 0, 0, 0, 0 WHERE :more::integer <> 0`;
  return addTo(names, NAMES, source);
}

const SLOT = `pg_backend_pid() % ${SLOTS}`;

/** Always the last lock that a transaction takes, so that no two wait for each other. */
function addTo({ counters }: Names, columns: readonly string[], source: string): string {
  const sums = columns.map((name) => `${name} = k.${name} + excluded.${name}`);
  return `INSERT INTO ${counters} AS k (migration, slot, ${columns.join(", ")}) ${source}
    ON CONFLICT (migration, slot) DO UPDATE SET ${sums.join(", ")}`;
}
