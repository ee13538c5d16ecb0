import { randomUUID } from "node:crypto";
import type { LeasedEvent, MigratorOutbox, OutboxEvent } from "@loom/migrator-sdk";
import type { Row } from "../database/database.ts";
import type { Database } from "../database/repeat.ts";
import { statement } from "../database/statement.ts";
import { jsonIn, numberIn } from "../database/values.ts";
import { eventValues, putEvents } from "./events.ts";
import type { MigratorNames } from "./schema.ts";

/** A stream's row is held first, so that what is read of its events afterwards stays true. */
export function createOutbox(database: Database, names: MigratorNames): MigratorOutbox {
  const sql = outboxSql(names);
  return {
    async append(event) {
      await database.query(sql.append, eventValues([event]));
    },
    lease({ owner, now, leaseMs, limit }) {
      const values = { owner, now, until: now + leaseMs, limit, by: randomUUID() };
      return database.transaction(async (session, isRepeated) => {
        const taken = isRepeated ? await session.query(sql.leased, values) : [];
        if (taken.length === 0) await session.query(sql.hold, values);
        const rows = taken.length > 0 ? taken : await session.query(sql.lease, values);
        return { keep: true, answer: rows.map(leasedEventOf) };
      });
    },
    async postpone({ id, owner, dueAt, tries }) {
      await database.query(sql.postpone, { id, owner, dueAt, tries });
    },
    remove(id) {
      return database.transaction(async (session) => {
        await session.query(sql.holdStream, { id });
        await session.query(sql.remove, { id });
        return { keep: true, answer: undefined };
      });
    },
  };
}

function leasedEventOf(row: Row): LeasedEvent {
  return { ...(jsonIn(row, "event") as OutboxEvent), tries: numberIn(row, "tries") };
}

const FREE = "lease_event = NULL, lease_owner = NULL, lease_until = NULL, lease_by = NULL";

function outboxSql({ streams, events, ...names }: MigratorNames) {
  const streamOf = `SELECT stream FROM ${events} WHERE id = :id`;
  return {
    append: statement(`WITH ${putEvents({ streams, events, ...names })} SELECT 1`),
    hold: statement(`
      WITH free AS (
        SELECT s.stream FROM ${streams} s
        JOIN LATERAL (SELECT min(place) AS place FROM ${events} e WHERE e.stream = s.stream) head ON true
        WHERE s.ready_at <= :now::double precision
        ORDER BY head.place LIMIT :limit::integer FOR UPDATE OF s SKIP LOCKED
      )
      UPDATE ${streams} s SET lease_owner = :owner, lease_until = :until::double precision,
        lease_by = :by::uuid FROM free WHERE s.stream = free.stream`),
    lease: statement(`
      WITH heads AS (
        SELECT s.stream, head.* FROM ${streams} s
        JOIN LATERAL (
          SELECT e.id, e.place, e.event FROM ${events} e WHERE e.stream = s.stream ORDER BY e.place LIMIT 1
        ) head ON true
        WHERE s.lease_by = :by::uuid
      ), taken AS (
        UPDATE ${streams} s SET lease_event = h.id FROM heads h WHERE s.stream = h.stream
        RETURNING h.event, h.place, s.tries
      )
      SELECT event, tries FROM taken ORDER BY place`),
    leased: statement(`
      SELECT e.event, s.tries FROM ${streams} s JOIN ${events} e ON e.id = s.lease_event
      WHERE s.lease_by = :by::uuid ORDER BY e.place`),
    postpone: statement(`
      UPDATE ${streams} SET ${FREE}, due_at = :dueAt::double precision, tries = :tries::integer
      WHERE stream = (${streamOf}) AND lease_event = :id AND lease_owner = :owner`),
    holdStream: statement(`SELECT 1 FROM ${streams} WHERE stream = (${streamOf}) FOR UPDATE`),
    remove: statement(`
      WITH gone AS (
        DELETE FROM ${events} WHERE id = :id RETURNING stream, place
      ), state AS (
        SELECT g.stream,
          EXISTS (SELECT FROM ${events} e WHERE e.stream = g.stream AND e.id <> :id) AS has_more,
          NOT EXISTS (SELECT FROM ${events} e WHERE e.stream = g.stream AND e.place < g.place) AS was_head
        FROM gone g
      ), ended AS (
        DELETE FROM ${streams} s USING state WHERE s.stream = state.stream AND NOT state.has_more
      )
      UPDATE ${streams} s SET due_at = 0, tries = 0,
        lease_event = CASE WHEN was_head THEN NULL ELSE lease_event END,
        lease_owner = CASE WHEN was_head THEN NULL ELSE lease_owner END,
        lease_until = CASE WHEN was_head THEN NULL ELSE lease_until END
      FROM state WHERE s.stream = state.stream AND state.has_more`),
  };
}
