import type { RunProgress, RunRecord, RunViewStore } from "@loom/core";
import type { Row } from "../database/database.ts";
import { statement } from "../database/statement.ts";
import { jsonIn, textIn } from "../database/values.ts";
import type { Names } from "../schema/names.ts";
import { isCandidate } from "./candidate-key.ts";
import type { StoreContext } from "./context.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { pageOf } from "./page.ts";
import { candidateIdIn, ID_COLUMN, SUMMARY_COLUMNS, summaryOf } from "./records.ts";
import { showView, viewValues } from "./views.ts";

const LIST = "running";

export function createRunViews({ database, names }: StoreContext): RunViewStore {
  const get = statement(`${selectRun(names, names.candidates)}
    WHERE ${isCandidate(names)}`);
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
      const [migration = "0", candidate = ""] =
        decodeCursor(LIST, cursor, ["number", "text"]) ?? [];
      const values = { migration, candidate, limit: limit + 1 };
      return pageOf(await database.query(list, values), limit, {
        read: runOf,
        cursor: (row) => encodeCursor(LIST, textIn(row, "migration"), candidateIdIn(row)),
      });
    },
  };
}

/** Runs with the candidates, from a table or a subquery, that they are of. */
function selectRun({ runs }: Names, from: string): string {
  return `
    SELECT c.migration, ${ID_COLUMN}, ${SUMMARY_COLUMNS}, r.manifest, r.progress
    FROM ${from} c JOIN ${runs} r ON r.migration = c.migration AND r.candidate_id = c.id`;
}

function runOf(row: Row): RunRecord {
  const hasProgress = row["progress"] !== null;
  return {
    ...summaryOf(row),
    manifest: jsonIn(row, "manifest") as RunRecord["manifest"],
    ...(hasProgress && { progress: jsonIn(row, "progress") as RunProgress }),
  };
}

/** The status index is read from the cursor on, as far as a page goes. */
function listRunningSql(names: Names): string {
  const page = `(
    SELECT * FROM ${names.candidates} c
    WHERE c.status = 'running' AND c.run_attempt IS NOT NULL
      AND (c.migration, c.id) > (:migration::bigint, :candidate)
    ORDER BY c.migration, c.id LIMIT :limit::integer
  )`;
  return `${selectRun(names, page)} ORDER BY c.migration, c.id`;
}

function markSql(names: Names, mark: string, unless = "true"): string {
  return `UPDATE ${names.candidates} c SET ${mark}
    WHERE ${isCandidate(names)} AND c.status = 'running'
      AND c.attempt = :attempt::integer AND c.run_attempt = :attempt::integer AND ${unless}`;
}
