import type { StatusChange } from "@loom/core";
import type { RawFilter } from "../world.ts";
import { SLOTS } from "./schema.ts";

/** What a merge by hand does with a chunk: new ones come, `not_started` ones take what differs, all are marked as listed. */
export const MERGE_SQL = `
WITH merged AS (
  INSERT INTO raw.candidates AS c (migration_id, id, kind, data, status, attempt, listed, updated_at)
  SELECT $1, i.id, i.kind, i.data, 'not_started', 0, $5, now()
  FROM unnest($2::text[], $3::text[], $4::json[]) AS i(id, kind, data) ORDER BY i.id
  ON CONFLICT (migration_id, id) DO UPDATE SET
    listed = excluded.listed,
    kind = CASE WHEN c.status = 'not_started' THEN excluded.kind ELSE c.kind END,
    data = CASE WHEN c.status = 'not_started' THEN excluded.data ELSE c.data END,
    updated_at = CASE
      WHEN c.status = 'not_started' AND (c.kind, c.data::text) IS DISTINCT FROM (excluded.kind, excluded.data::text)
      THEN excluded.updated_at ELSE c.updated_at END
  RETURNING xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new) AS added FROM merged`;

/** A statement for each kind of change: the candidate, its run where there is one, the counters, and the history. */
export function changeSql({ from, to, claim, progress }: StatusChange): string {
  const parts = [
    `moved AS (
      UPDATE raw.candidates SET status = '${to.status}', attempt = $4, token = $5, updated_at = $6,
        inputs = $7 ${claim ? CLAIMED : ""} ${progress ? ENDED : ""}
      WHERE migration_id = $1 AND id = $2 AND status = '${from.status}' AND attempt = $3
      RETURNING migration_id, id
    )`,
    `counted AS (
      UPDATE raw.counters k SET ${from.status} = k.${from.status} - 1, ${to.status} = k.${to.status} + 1
      FROM moved m WHERE k.migration_id = m.migration_id AND k.slot = pg_backend_pid() % ${SLOTS}
    )`,
    `noted AS (
      INSERT INTO raw.history (migration_id, entry) SELECT migration_id, $8::json FROM moved
    )`,
    ...(claim ? [`claimed AS (${CLAIM_SQL})`] : []),
    ...(progress ? [`shown AS (${SHOW_SQL})`] : []),
  ];
  return `WITH ${parts.join(", ")} SELECT id FROM moved`;
}

const CLAIMED = ", phase = 'running', delivery = 'pending', claimed_at = $6, sequence = NULL";
const ENDED = ", phase = 'finished', delivery = 'delivered', step = NULL, step_status = NULL";

const CLAIM_SQL = `
INSERT INTO raw.runs (migration_id, candidate_id, attempt, manifest)
SELECT migration_id, id, $4, $9::json FROM moved
ON CONFLICT (migration_id, candidate_id) DO UPDATE
  SET attempt = excluded.attempt, manifest = excluded.manifest, progress = NULL`;

const SHOW_SQL = `
UPDATE raw.runs r SET progress = $9::json FROM moved m
WHERE r.migration_id = m.migration_id AND r.candidate_id = m.id`;

/** A page by keyset, under one filter. */
export function pageSql({ status, kind, q }: RawFilter): string {
  const filters = [
    status !== undefined && "AND status = $4",
    kind !== undefined && "AND kind = $4",
    q !== undefined && "AND strpos(lower(id), $4) > 0",
  ].filter((filter) => filter !== false);
  return `SELECT id, kind, data, status, attempt, updated_at, inputs, phase, delivery, claimed_at, step
    FROM raw.candidates WHERE migration_id = $1 AND id > $2 ${filters.join(" ")}
    ORDER BY id LIMIT $3`;
}
