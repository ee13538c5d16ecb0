import type { Expectation, StatusChange } from "@loom/core";
import type { Values } from "../database/statement.ts";
import { digestOf, momentOf } from "../database/values.ts";
import type { Names } from "../schema/names.ts";
import { isCandidate } from "./candidate-key.ts";
import { countMoved } from "./counters.ts";
import { assignments, IS_NEWS, viewColumns, viewValues } from "./views.ts";

/** What a change has besides its positions: each shape is a statement of its own. */
export interface ChangeShape {
  readonly claims: boolean;
  readonly shows: boolean;
  readonly leaves: boolean;
  readonly cancels: boolean;
}

export function shapeOf({ claim, progress, to, cancelled }: StatusChange): ChangeShape {
  return {
    claims: claim !== undefined,
    shows: progress !== undefined && claim === undefined,
    leaves: to.status !== "running",
    cancels: cancelled !== undefined,
  };
}

/** Values for {@link applyChange}. */
export function changeValues(change: StatusChange): Values {
  const { from, to, inputs, claim, progress, cancelled, history } = change;
  return {
    migration: change.migrationId,
    candidate: change.candidateId,
    token: digestOf(change.token),
    at: momentOf(change.at),
    fromStatus: from.status,
    fromAttempt: from.attempt,
    toStatus: to.status,
    toAttempt: to.attempt,
    ...expectedInputs(from),
    inputs: inputs && JSON.stringify(inputs),
    manifest: claim && JSON.stringify(claim),
    cancelled: cancelled && JSON.stringify(cancelled),
    history: JSON.stringify(history),
    ...(progress && viewValues(progress)),
  };
}

/** Whether candidate `c` has the inputs that a change builds on. They are kept as the text that they came in. */
export const HAS_EXPECTED_INPUTS =
  "(:expectedInputs::text IS NULL OR c.inputs::text = :expectedInputs::text)";

/** Values for {@link HAS_EXPECTED_INPUTS}. */
export function expectedInputs({ inputs }: Expectation): Values {
  return { expectedInputs: inputs && JSON.stringify(inputs) };
}

/** Whether the view of a change that moved candidate `m` was news for its run `r`: what `IS_NEWS` asks, seen from after it. */
export const WAS_NEWS = `m.was = 'running' AND m.run_attempt = :viewAttempt::integer
  AND :viewAttempt::integer = :fromAttempt::integer AND r.sequence < :sequence::integer`;

/**
 * Common table expressions that apply a change, all of it or nothing: `moved` has a row if it was applied. The run's own row
 * is left to the caller when the change shows a view, because a statement may write a row only once.
 *
 * @param after a common table expression that must have a row too
 */
export function applyChange(
  names: Names,
  shape: ChangeShape,
  { after }: { readonly after?: string } = {},
): string {
  const parts = [
    `moved AS (
      UPDATE ${names.candidates} c SET ${assignments(columnsOf(names, shape))}
      ${after ? `FROM ${after}` : ""}
      WHERE ${isCandidate(names)}
        AND c.status = :fromStatus::${names.candidateStatus} AND c.attempt = :fromAttempt::integer
        AND c.token IS DISTINCT FROM :token::uuid AND ${HAS_EXPECTED_INPUTS}
      RETURNING c.migration, c.id, :fromStatus::${names.candidateStatus} AS was, c.status,
        c.step_before, c.step_status, c.run_attempt
    )`,
    `counted AS (${countMoved(names)})`,
    `recorded AS (
      INSERT INTO ${names.history} (migration_id, entry) SELECT :migration, :history::json FROM moved
    )`,
    ...(shape.claims ? [`claimed AS (${claimSql(names)})`] : []),
    ...(shape.cancels ? [`cancelled AS (${cancelSql(names)})`] : []),
  ];
  return parts.join(", ");
}

function columnsOf(names: Names, shape: ChangeShape): Readonly<Record<string, string>> {
  return {
    status: `:toStatus::${names.candidateStatus}`,
    attempt: ":toAttempt::integer",
    token: ":token::uuid",
    updated_at: ":at::bigint",
    inputs: "coalesce(:inputs::json, c.inputs)",
    step_before: "c.step_status",
    ...runColumns(names, shape),
  };
}

/** A candidate that runs no more has no current step, whoever ended the run. */
function runColumns(names: Names, shape: ChangeShape): Readonly<Record<string, string>> {
  if (shape.claims) return CLAIMED;
  const view = shape.shows ? viewIfNews(names) : {};
  return shape.leaves ? { ...view, ...closed(names) } : view;
}

const CLAIMED = {
  run_attempt: ":toAttempt::integer",
  phase: "'running'",
  delivery: "'pending'",
  claimed_at: ":at::bigint",
  sequence: "-1",
  step: "NULL",
  step_status: "'none'",
};

function closed({ runPhase }: Names): Readonly<Record<string, string>> {
  return {
    phase: `CASE WHEN c.run_attempt IS NOT NULL THEN 'finished'::${runPhase} END`,
    step: "NULL",
    step_status: "'none'",
  };
}

function viewIfNews(names: Names): Readonly<Record<string, string>> {
  const columns = Object.entries(viewColumns(names));
  return Object.fromEntries(
    columns.map(([column, value]) => [
      column,
      `CASE WHEN ${IS_NEWS} THEN ${value} ELSE c.${column} END`,
    ]),
  );
}

function claimSql({ runs }: Names): string {
  return `INSERT INTO ${runs} (migration, candidate_id, manifest)
    SELECT migration, id, :manifest::json FROM moved
    ON CONFLICT (migration, candidate_id) DO UPDATE
      SET manifest = excluded.manifest, sequence = -1, progress = NULL, ended = NULL`;
}

function cancelSql({ cancelled }: Names): string {
  return `INSERT INTO ${cancelled} (migration_id, entry) SELECT :migration, :cancelled::json FROM moved`;
}
