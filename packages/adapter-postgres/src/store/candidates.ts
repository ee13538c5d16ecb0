import type { CandidateFilter, MigrationStore } from "@loom/core";
import {
  literal,
  plannedEachTime,
  type Statement,
  statement,
  statements,
} from "../database/statement.ts";
import type { Names } from "../schema/names.ts";
import { isCandidate, numberOf } from "./candidate-key.ts";
import type { StoreContext } from "./context.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { pageOf } from "./page.ts";
import { candidateIdIn, RECORD_COLUMNS, recordOf } from "./records.ts";

const LIST = "candidates";

export function createCandidates({
  database,
  names,
}: StoreContext): Pick<MigrationStore, "getCandidate" | "listCandidates"> {
  const get = statement(`
    SELECT ${RECORD_COLUMNS} FROM ${names.candidates} c
    WHERE ${isCandidate(names)}`);
  const list = createLists(names);

  return {
    async getCandidate({ migrationId, candidateId }) {
      const [row] = await database.query(get, { migration: migrationId, candidate: candidateId });
      return row ? recordOf(row) : null;
    },
    async listCandidates(migration, filter) {
      const { status, kind, q, stepStatus, limit } = filter;
      const [after = ""] = decodeCursor(LIST, filter.cursor) ?? [];
      // Only one that runs is at a step.
      if (stepStatus && status && status !== "running") return { items: [] };
      const query = list(standingOf(filter), kind !== undefined, q !== undefined);
      const text = q?.toLowerCase();
      const values = { migration, after, kind, text, limit: limit + 1 };
      return pageOf(await database.query(query, values), limit, {
        read: recordOf,
        cursor: (row) => encodeCursor(LIST, candidateIdIn(row)),
      });
    },
  };
}

type ListShape = [standing: string, byKind: boolean, byText: boolean];

/**
 * Each filter has its index, which is read from the cursor on. A status is part of the text, and what asks for a kind is planned
 * each time: a plan that is good for the status or the kind of most candidates would read all of them in search of those of a
 * rare one.
 */
function createLists(names: Names): (...shape: ListShape) => Statement {
  const sqlOf = (...shape: ListShape) => listSql(names, shape);
  const [kept, planned] = [statements(sqlOf), statements(sqlOf, plannedEachTime)];
  return (standing, byKind, byText) => (byKind ? planned : kept)(standing, byKind, byText);
}

function listSql(names: Names, [standing, byKind, byText]: ListShape): string {
  const matches = [
    `c.migration = ${numberOf(names)} AND c.id > :after`,
    standing,
    byKind && "c.kind = :kind",
    byText && "strpos(coalesce(c.folded, c.id), :text) > 0",
  ].filter(Boolean);
  return `
    SELECT ${RECORD_COLUMNS} FROM ${names.candidates} c WHERE ${matches.join(" AND ")}
    ORDER BY c.id LIMIT :limit::integer`;
}

/** What a filter asks of where a candidate stands; nothing when it asks nothing. */
function standingOf({ status, stepStatus }: CandidateFilter): string {
  if (stepStatus) return `c.step_status = ${literal(stepStatus)}`;
  return status ? `c.status = ${literal(status)}` : "";
}
