import { randomUUID } from "node:crypto";
import type { HistoryStore, Page } from "@loom/core";
import { statement } from "../database/statement.ts";
import { jsonIn, textIn } from "../database/values.ts";
import type { StoreContext } from "./context.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { beginOperation } from "./operations.ts";
import { pageOf } from "./page.ts";

export function createHistory(context: StoreContext): HistoryStore {
  const { database, names } = context;
  const append = statement(`
    WITH ${beginOperation(names)}
    INSERT INTO ${names.history} (migration_id, entry) SELECT :migration, :entry::json FROM operation`);
  return {
    async appendHistory(migration, entry) {
      const operation = randomUUID();
      await database.query(append, { operation, migration, entry: JSON.stringify(entry) });
    },
    listHistory: createLatestFirst(context, "history", names.history),
  };
}

/** Reads an append-only list of a migration from its end. What is appended later has a higher number, and moves nothing. */
export function createLatestFirst<T>(
  { database }: StoreContext,
  list: string,
  table: string,
): (
  migration: string,
  page: { readonly cursor?: string; readonly limit: number },
) => Promise<Page<T>> {
  const read = statement(`
    SELECT seq, entry FROM ${table}
    WHERE migration_id = :migration AND seq < :before::bigint ORDER BY seq DESC LIMIT :limit::integer`);
  return async (migration, { cursor, limit }) => {
    const [before = END] = decodeCursor(list, cursor, ["number"]) ?? [];
    const rows = await database.query(read, { migration, before, limit: limit + 1 });
    return pageOf(rows, limit, {
      read: (row) => jsonIn(row, "entry") as T,
      cursor: (row) => encodeCursor(list, textIn(row, "seq")),
    });
  };
}

/** Above every number that a list reaches. */
const END = "999999999999999999";
