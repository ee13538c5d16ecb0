import type { Names } from "../schema/names.ts";

/**
 * The number of the migration named `:migration`; NULL when there is none. It stands for the id, which may be long, in every row
 * and index entry of a candidate.
 */
export function numberOf({ migrations }: Names): string {
  return `(SELECT number FROM ${migrations} WHERE id = :migration)`;
}

/** Whether a row of `candidates` is the one named `:candidate` of the migration named `:migration`. */
export function isCandidate(names: Names): string {
  return `c.migration = ${numberOf(names)} AND c.id = :candidate`;
}

/** The same for a row of `runs`. */
export function isRunOfCandidate(names: Names): string {
  return `r.migration = ${numberOf(names)} AND r.candidate_id = :candidate`;
}
