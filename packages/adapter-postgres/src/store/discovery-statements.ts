import { type Statement, statement } from "../database/statement.ts";
import type { Names } from "../schema/names.ts";
import { countNotStarted } from "./counters.ts";
import { beginOperation } from "./operations.ts";

/** How many discoveries of a migration are remembered, so that a late chunk still finds when its own began. */
const DISCOVERIES_KEPT = 200;

/** What a merge asks of Postgres, in this order. */
export interface MergeStatements {
  readonly begin: Statement;
  readonly merge: Statement;
  readonly remove: Statement;
  readonly countLeft: Statement;
  readonly end: Statement;
}

export function mergeStatements(names: Names): MergeStatements {
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
