import type { RunProgress, RunRecord, RunViewStore } from "@loom/core";
import type { Row } from "../database/database.ts";
import { statement } from "../database/statement.ts";
import { jsonIn, textIn } from "../database/values.ts";
import type { Names } from "../schema/names.ts";
import { STEPS } from "./candidates.ts";
import type { StoreContext } from "./context.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { pageOf } from "./page.ts";
import { candidateIdIn, ID_COLUMN, SUMMARY_COLUMNS, summaryOf } from "./records.ts";
import { showView, viewValues } from "./views.ts";

const LIST = "running";

export function createRunViews({ database, names }: StoreContext): RunViewStore {
  const get = statement(`${selectRun(names, names.candidates)}
    WHERE c.migration_id = :migration AND c.id = :candidate`);
  const show = statement(`WITH ${showView(names)} SELECT count(*) FROM moved`);
  const cancelling = statement(markSql(names, "phase = 'cancelling'"));
  const undelivered = statement(
    markSql(names, "delivery = 'undelivered'", "c.delivery <> 'delivered'"),
  );
  const list = statement(listRunningSql(names));

  return {
    async getRun({ migrationId: migration, candidateId: candidate }) {
      const [row] = await database.query(get, { migration, candidate });
      return row ? runOf(row) : null;
    },
    async saveProgress({ migrationId: migration, candidateId: candidate }, view) {
      await database.query(show, { migration, candidate, ...viewValues(view) });
    },
    async markCancelling({ migrationId: migration, candidateId: candidate }, attempt) {
      await database.query(cancelling, { migration, candidate, attempt });
    },
    async markUndelivered({ migrationId: migration, candidateId: candidate }, attempt) {
      await database.query(undelivered, { migration, candidate, attempt });
    },
    async listRunning({ cursor, limit }) {
      const [migration = "", candidate = ""] = decodeCursor(LIST, cursor, 2) ?? [];
      const values = { steps: STEPS, migration, candidate, limit: limit + 1 };
      return pageOf(await database.query(list, values), limit, {
        read: runOf,
        cursor: (row) => encodeCursor(LIST, textIn(row, "migration_id"), candidateIdIn(row)),
      });
    },
  };
}

/** Runs with the candidates, from a table or a subquery, that they are of. */
function selectRun({ runs }: Names, from: string): string {
  return `
    SELECT c.migration_id, ${ID_COLUMN}, ${SUMMARY_COLUMNS}, r.manifest, r.progress
    FROM ${from} c JOIN ${runs} r ON r.migration_id = c.migration_id AND r.candidate_id = c.id`;
}

function runOf(row: Row): RunRecord {
  const hasProgress = row["progress"] !== null;
  return {
    ...summaryOf(row),
    manifest: jsonIn(row, "manifest") as RunRecord["manifest"],
    ...(hasProgress && { progress: jsonIn(row, "progress") as RunProgress }),
  };
}

/** Each part of the status index that holds running candidates is read from the cursor on, as far as a page goes. */
function listRunningSql(names: Names): string {
  const page = `(
    SELECT p.* FROM unnest(:steps::text[]::${names.stepStatus}[]) AS s(step), LATERAL (
      SELECT * FROM ${names.candidates} c
      WHERE c.status = 'running' AND c.step_status = s.step AND c.run_attempt IS NOT NULL
        AND (c.migration_id, c.id) > (:migration, :candidate)
      ORDER BY c.migration_id, c.id LIMIT :limit::integer
    ) p
    ORDER BY p.migration_id, p.id LIMIT :limit::integer
  )`;
  return `${selectRun(names, page)} ORDER BY c.migration_id, c.id`;
}

function markSql({ candidates }: Names, mark: string, unless = "true"): string {
  return `UPDATE ${candidates} c SET ${mark}
    WHERE c.migration_id = :migration AND c.id = :candidate AND c.status = 'running'
      AND c.attempt = :attempt::integer AND c.run_attempt = :attempt::integer AND ${unless}`;
}
