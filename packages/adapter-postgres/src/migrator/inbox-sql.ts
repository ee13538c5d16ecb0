import { statement } from "../database/statement.ts";
import { putEvents } from "./events.ts";
import type { MigratorNames } from "./schema.ts";

/** Statements about calls. A run's row is held before anything is decided on what belongs to it. */
export function inboxSql(n: MigratorNames) {
  return {
    hold: statement(holdSql(n)),
    holdCall: statement(`SELECT 1 FROM ${n.runs} WHERE run_id = (${runOf(n)}) FOR UPDATE`),
    add: statement(addSql(n)),
    has: statement(`SELECT 1 FROM ${n.calls} WHERE id = :id`),
    latest: statement(`SELECT call FROM ${n.runs} WHERE run_id = :runId`),
    lease: statement(leaseSql(n)),
    leased: statement(`
      SELECT entry, tries FROM ${n.runs}
      WHERE lease_by = :by::uuid AND entry IS NOT NULL AND lease_call = call_id ORDER BY place`),
    renew: statement(`
      UPDATE ${n.runs} SET lease_until = :until::double precision
      WHERE run_id IN (SELECT run_id FROM ${n.calls} WHERE id = ANY (:ids::text[]))
        AND lease_call = ANY (:ids::text[]) AND lease_owner = :owner
      RETURNING CASE WHEN lease_call = call_id AND entry IS NOT NULL THEN call_id END AS live_id`),
    postpone: statement(`
      UPDATE ${n.runs} SET ${FREE},
        due_at = CASE WHEN call_id = :id THEN :dueAt::double precision ELSE due_at END,
        tries = CASE WHEN call_id = :id THEN :tries::integer ELSE tries END
      WHERE run_id = (${runOf(n)}) AND lease_call = :id AND lease_owner = :owner`),
    stop: statement(stopSql(n)),
  };
}

const FREE = "lease_call = NULL, lease_owner = NULL, lease_until = NULL, lease_by = NULL";

function runOf({ calls }: MigratorNames): string {
  return `SELECT run_id FROM ${calls} WHERE id = :id`;
}

/** Holds a run that may be new: then by a row that says nothing yet. */
function holdSql({ runs }: MigratorNames): string {
  return `
    INSERT INTO ${runs} (run_id, place, call_id, call, due_at, tries)
    VALUES (:runId, 0, '', 'null', 0, 0)
    ON CONFLICT (run_id) DO UPDATE SET run_id = excluded.run_id`;
}

/** The earlier call of the run, and its wait, are over. */
function addSql({ calls, runs, waits }: MigratorNames): string {
  return `
    WITH earlier AS (
      SELECT call_id FROM ${runs} WHERE run_id = :runId
    ), fresh AS (
      INSERT INTO ${calls} (id, run_id, added_by) VALUES (:id, :runId, :by::uuid)
      ON CONFLICT DO NOTHING RETURNING 1
    ), run AS (
      INSERT INTO ${runs} AS r (run_id, call_id, call, entry, due_at, tries)
      SELECT :runId, :id, :call::json, :entry::json, :receivedAt::double precision, 0
      FROM fresh
      ON CONFLICT (run_id) DO UPDATE SET
        place = excluded.place, call_id = excluded.call_id, call = excluded.call,
        entry = excluded.entry, due_at = excluded.due_at, tries = 0, over_at = NULL, finished_by = NULL
    ), ended AS (
      UPDATE ${calls} c SET over_at = :receivedAt::double precision FROM earlier e, fresh
      WHERE c.id = e.call_id AND c.over_at IS NULL
    ), closed AS (
      UPDATE ${waits} w SET closed_at = :receivedAt::double precision FROM earlier e, fresh
      WHERE w.id = e.call_id AND w.closed_at IS NULL
    )
    SELECT EXISTS (SELECT FROM fresh) OR EXISTS (
      SELECT FROM ${calls} WHERE id = :id AND added_by = :by::uuid
    ) AS is_added`;
}

function leaseSql({ runs }: MigratorNames): string {
  return `
    WITH free AS (
      SELECT run_id FROM ${runs} WHERE entry IS NOT NULL AND ready_at <= :now::double precision
      ORDER BY place LIMIT :limit::integer FOR UPDATE SKIP LOCKED
    ), taken AS (
      UPDATE ${runs} r SET lease_call = r.call_id, lease_owner = :owner,
        lease_until = :until::double precision, lease_by = :by::uuid
      FROM free WHERE r.run_id = free.run_id
      RETURNING r.place, r.entry, r.tries
    )
    SELECT entry, tries FROM taken ORDER BY place`;
}

/** The lease ends in any case; all else only where the call was still to be worked off. */
export function finishSql(n: MigratorNames, opens: boolean): string {
  const isLive = "r.call_id = :id AND r.entry IS NOT NULL";
  const open = `, opened AS (
    INSERT INTO ${n.waits} (id, key, wait, check_at)
    SELECT :waitId, :key, :wait::json, :checkAt::double precision FROM done
    ON CONFLICT (id) DO UPDATE SET key = excluded.key, wait = excluded.wait,
      check_at = excluded.check_at, closed_at = NULL, closed_by = NULL
  )`;
  return `
    WITH freed AS (
      UPDATE ${n.runs} r SET ${FREE},
        entry = CASE WHEN ${isLive} THEN NULL ELSE r.entry END,
        over_at = CASE WHEN ${isLive} THEN :now::double precision ELSE r.over_at END,
        finished_by = CASE WHEN ${isLive} THEN :by::uuid ELSE r.finished_by END
      WHERE r.run_id = (${runOf(n)}) AND r.lease_call = :id AND r.lease_owner = :owner
      RETURNING r.finished_by
    ), done AS (
      SELECT 1 FROM freed WHERE finished_by = :by::uuid
    ), ended AS (
      UPDATE ${n.calls} SET over_at = :now::double precision
      WHERE id = :id AND EXISTS (SELECT FROM done)
    ), ${putEvents(n, "done")}${opens ? open : ""}
    SELECT 1 FROM done`;
}

/** Whether a request worked its call off: asked by itself, because {@link finishSql} does not see what it waited for. */
export function wasFinishedSql(n: MigratorNames): string {
  return `SELECT 1 FROM ${n.runs} WHERE run_id = (${runOf(n)}) AND finished_by = :by::uuid`;
}

function stopSql(n: MigratorNames): string {
  return `
    WITH stopped AS (
      UPDATE ${n.runs} SET entry = NULL, over_at = :now::double precision
      WHERE run_id = (${runOf(n)}) AND call_id = :id AND entry IS NOT NULL
    ), ended AS (
      UPDATE ${n.calls} SET over_at = :now::double precision WHERE id = :id AND over_at IS NULL
    )
    UPDATE ${n.waits} SET closed_at = :now::double precision WHERE id = :id AND closed_at IS NULL`;
}
