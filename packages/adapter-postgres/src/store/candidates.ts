import type { CandidateFilter, CandidateRecord, MigrationStore, Page } from "@loom/core";
import type { Row } from "../database/database.ts";
import { statement, statements } from "../database/statement.ts";
import type { Names } from "../schema/names.ts";
import type { StoreContext } from "./context.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { pageOf } from "./page.ts";
import { candidateIdIn, RECORD_COLUMNS, recordOf } from "./records.ts";

const LIST = "candidates";

/** What `step_status` may be of a running candidate: `none` until it has shown a step. */
export const STEPS: readonly string[] = [
  "none",
  "in_progress",
  "open",
  "awaiting_review",
  "completed",
  "merged",
  "failed",
];

export function createCandidates({
  database,
  names,
}: StoreContext): Pick<MigrationStore, "getCandidate" | "listCandidates"> {
  const get = statement(`
    SELECT ${RECORD_COLUMNS} FROM ${names.candidates} c
    WHERE c.migration_id = :migration AND c.id = :candidate`);
  const list = statements((byStatus: boolean, byKind: boolean, byText: boolean) =>
    listSql(names, { byStatus, byKind, byText }),
  );

  return {
    async getCandidate({ migrationId, candidateId }) {
      const [row] = await database.query(get, { migration: migrationId, candidate: candidateId });
      return row ? recordOf(row) : null;
    },
    async listCandidates(migration, filter) {
      const { kind, q, limit } = filter;
      const [after = ""] = decodeCursor(LIST, filter.cursor) ?? [];
      const standing = standingOf(filter);
      if (standing?.steps.length === 0) return { items: [] };
      const query = list(standing !== undefined, kind !== undefined, q !== undefined);
      const text = q?.toLowerCase();
      const values = { migration, after, ...standing, kind, text, limit: limit + 1 };
      return candidatePage(await database.query(query, values), limit);
    },
  };
}

function candidatePage(rows: readonly Row[], limit: number): Page<CandidateRecord> {
  const cursor = (row: Row) => encodeCursor(LIST, candidateIdIn(row));
  return pageOf(rows, limit, { read: recordOf, cursor });
}

/** The entries of the status index that a filter asks for; `undefined` when it asks for all. */
function standingOf({ status, stepStatus }: CandidateFilter) {
  if (stepStatus === undefined)
    return status && { status, steps: status === "running" ? STEPS : ["none"] };
  const isPossible = status === undefined || status === "running";
  return { status: "running", steps: isPossible ? [stepStatus] : [] };
}

interface ListShape {
  readonly byStatus: boolean;
  readonly byKind: boolean;
  readonly byText: boolean;
}

/** Each part of the status index is read from the cursor on, as far as a page goes. */
function listSql(names: Names, { byStatus, byKind, byText }: ListShape): string {
  const matches = [
    "c.migration_id = :migration AND c.id > :after",
    byStatus && `c.status = :status::${names.candidateStatus} AND c.step_status = s.step`,
    byKind && "c.kind = :kind",
    byText && "strpos(coalesce(c.folded, c.id), :text) > 0",
  ].filter((part) => part !== false);
  const page = `
    SELECT * FROM ${names.candidates} c WHERE ${matches.join(" AND ")}
    ORDER BY c.id LIMIT :limit::integer`;
  const from = byStatus
    ? `unnest(:steps::text[]::${names.stepStatus}[]) AS s(step), LATERAL (${page}) c`
    : `(${page}) c`;
  return `SELECT ${RECORD_COLUMNS} FROM ${from} ORDER BY c.id LIMIT :limit::integer`;
}
