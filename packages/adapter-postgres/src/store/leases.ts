import { randomUUID } from "node:crypto";
import type { OutboxEntry, StoredRunStore } from "@loom/core";
import type { Row } from "../database/database.ts";
import { statement } from "../database/statement.ts";
import { jsonIn, numberIn, textIn } from "../database/values.ts";
import type { Names } from "../schema/names.ts";
import type { StoreContext } from "./context.ts";

type Methods = Pick<StoredRunStore, "leaseDue" | "renewLeases" | "releaseLeases" | "nextDueAt">;

const ENTRY_COLUMNS = "o.id, o.run_id, o.attempt, o.command, o.due_at, o.tries";

export function createLeases({ database, names }: StoreContext): Methods {
  const lease = statement(leaseSql(names));
  const leased = statement(`
    SELECT ${ENTRY_COLUMNS} FROM ${names.outbox} o
    WHERE o.lease_call = :call::uuid AND o.lease_owner = :owner ORDER BY o.due_at, o.seq`);
  const renew = statement(heldSql(names, "lease_until = :until::double precision"));
  const release = statement(heldSql(names, "lease_until = NULL, lease_owner = NULL"));
  const next = statement(`SELECT min(ready_at) AS next FROM ${names.outbox}`);

  return {
    leaseDue({ owner, now, leaseMs, limit }) {
      const values = { owner, now, until: now + leaseMs, limit, call: randomUUID() };
      return database.attempt(async (session, isRepeated) => {
        const taken = isRepeated ? await session.query(leased, values) : [];
        const rows = taken.length > 0 ? taken : await session.query(lease, values);
        return rows.map(entryOf);
      });
    },
    async renewLeases({ owner, ids, now, leaseMs }) {
      await database.query(renew, { owner, ids, until: now + leaseMs });
    },
    async releaseLeases({ owner, ids }) {
      await database.query(release, { owner, ids });
    },
    async nextDueAt() {
      const [row] = await database.query(next);
      return row?.["next"] === null ? null : numberIn(row, "next");
    },
  };
}

function leaseSql({ outbox }: Names): string {
  return `
    WITH due AS (
      SELECT id, ready_at FROM ${outbox} WHERE ready_at <= :now::double precision
      ORDER BY ready_at, seq LIMIT :limit::integer FOR UPDATE SKIP LOCKED
    ), taken AS (
      UPDATE ${outbox} o
      SET lease_owner = :owner, lease_until = :until::double precision, lease_call = :call::uuid
      FROM due WHERE o.id = due.id
      RETURNING ${ENTRY_COLUMNS}, o.seq, due.ready_at AS was_ready
    )
    SELECT * FROM taken ORDER BY was_ready, seq`;
}

/** Changes entries that the owner holds; locked in the order of their ids, as those of a commit are. */
function heldSql({ outbox }: Names, change: string): string {
  return `
    WITH held AS (
      SELECT id FROM ${outbox} WHERE id = ANY (:ids::text[]) AND lease_owner = :owner
      ORDER BY id FOR UPDATE
    )
    UPDATE ${outbox} o SET ${change} FROM held WHERE o.id = held.id AND o.lease_owner = :owner`;
}

function entryOf(row: Row): OutboxEntry {
  return {
    id: textIn(row, "id"),
    runId: textIn(row, "run_id"),
    attempt: numberIn(row, "attempt"),
    command: jsonIn(row, "command") as OutboxEntry["command"],
    dueAt: numberIn(row, "due_at"),
    tries: numberIn(row, "tries"),
  };
}
