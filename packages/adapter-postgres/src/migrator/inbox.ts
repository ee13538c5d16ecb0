import { randomUUID } from "node:crypto";
import type { CallRef, InboxEntry, LeasedEntry, MigratorInbox } from "@loom/migrator-sdk";
import type { Row } from "../database/database.ts";
import { type Database, doneOnce } from "../database/repeat.ts";
import { statement } from "../database/statement.ts";
import { jsonIn, numberIn, textIn } from "../database/values.ts";
import { eventValues } from "./events.ts";
import { finishSql, inboxSql, wasFinishedSql } from "./inbox-sql.ts";
import type { MigratorNames } from "./schema.ts";

export function createInbox(database: Database, names: MigratorNames): MigratorInbox {
  const sql = inboxSql(names);
  return {
    ...createEnds(database, names),
    async add(entry) {
      const values = entryValues(entry);
      return database.transaction(async (session) => {
        await session.query(sql.hold, values);
        const [row] = await session.query(sql.add, values);
        const isAdded = row?.["is_added"] === "t";
        return { keep: isAdded, answer: isAdded };
      });
    },
    async has(id) {
      return (await database.query(sql.has, { id })).length > 0;
    },
    async latest(runId) {
      const [row] = await database.query(sql.latest, { runId });
      return row ? (jsonIn(row, "call") as CallRef) : null;
    },
    lease({ owner, now, leaseMs, limit }) {
      const values = { owner, now, until: now + leaseMs, limit, by: randomUUID() };
      return database.attempt(async (session, isRepeated) => {
        const taken = isRepeated ? await session.query(sql.leased, values) : [];
        const rows = taken.length > 0 ? taken : await session.query(sql.lease, values);
        return rows.map(leasedEntryOf);
      });
    },
    async renew({ owner, ids, now, leaseMs }) {
      const rows = await database.query(sql.renew, { owner, ids, until: now + leaseMs });
      return rows.flatMap((row) => (row["live_id"] === null ? [] : textIn(row, "live_id")));
    },
    async postpone({ id, owner, dueAt, tries }) {
      await database.query(sql.postpone, { id, owner, dueAt, tries });
    },
  };
}

function createEnds(
  database: Database,
  names: MigratorNames,
): Pick<MigratorInbox, "finish" | "stop"> {
  const finish = statement(finishSql(names, false));
  const finishOpen = statement(finishSql(names, true));
  const wasFinished = statement(wasFinishedSql(names));
  const { holdCall, stop } = inboxSql(names);
  return {
    finish({ id, owner, now, events, wait }) {
      const { checkAt, ...rest } = wait ?? {};
      const values = {
        id,
        owner,
        now,
        by: randomUUID(),
        ...eventValues(events),
        ...(wait && { key: wait.key, waitId: wait.id, wait: JSON.stringify(rest), checkAt }),
      };
      return doneOnce(database, values, { act: wait ? finishOpen : finish, wasDone: wasFinished });
    },
    stop(id, now) {
      return database.transaction(async (session) => {
        await session.query(holdCall, { id });
        await session.query(stop, { id, now });
        return { keep: true, answer: undefined };
      });
    },
  };
}

function entryValues(entry: InboxEntry) {
  const { id, runId, request, receivedAt } = entry;
  const { kind, stepName, attempt, stepAttempt } = request;
  return {
    id,
    runId,
    receivedAt,
    by: randomUUID(),
    call: JSON.stringify({ id, kind, stepName, attempt, stepAttempt } satisfies CallRef),
    entry: JSON.stringify(entry),
  };
}

function leasedEntryOf(row: Row): LeasedEntry {
  return { ...(jsonIn(row, "entry") as InboxEntry), tries: numberIn(row, "tries") };
}
