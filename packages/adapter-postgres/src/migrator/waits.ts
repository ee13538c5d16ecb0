import { randomUUID } from "node:crypto";
import type { KeptSettlement, MigratorWaits, Wait } from "@loom/migrator-sdk";
import type { Row } from "../database/database.ts";
import { type Database, doneOnce } from "../database/repeat.ts";
import { statement } from "../database/statement.ts";
import { digestOf, jsonIn, numberIn } from "../database/values.ts";
import { eventValues, putEvents } from "./events.ts";
import type { MigratorNames } from "./schema.ts";

export function createWaits(database: Database, names: MigratorNames): MigratorWaits {
  const sql = waitSql(names);
  return {
    async find(key) {
      const rows = await database.query(sql.find, { key, digest: digestOf(key) });
      const [first] = rows;
      return {
        open: rows.filter((row) => row["wait"] !== null).map(waitOf),
        closed: first?.["closed"] === "t",
        kept: first?.["kept"] === null ? null : (jsonIn(first, "kept") as KeptSettlement),
      };
    },
    async keep(key, kept) {
      const values = { key, digest: digestOf(key), at: kept.at, kept: JSON.stringify(kept) };
      await database.query(sql.keep, values);
    },
    close(id, event, now) {
      const values = { id, now, by: randomUUID(), ...eventValues([event]) };
      return doneOnce(database, values, { act: sql.close, wasDone: sql.wasClosed });
    },
    async checkAgain(id, checkAt) {
      await database.query(sql.checkAgain, { id, checkAt });
    },
    async takeDueChecks({ now, nextCheckAt, limit }) {
      const rows = await database.query(sql.takeDueChecks, { now, nextCheckAt, limit });
      return rows.map(waitOf);
    },
  };
}

function waitOf(row: Row): Wait {
  const isChecked = row["check_at"] !== null;
  return {
    ...(jsonIn(row, "wait") as Omit<Wait, "checkAt">),
    ...(isChecked && { checkAt: numberIn(row, "check_at") }),
  };
}

function waitSql(n: MigratorNames) {
  return {
    find: statement(`
      SELECT w.wait, w.check_at,
        EXISTS (SELECT FROM ${n.waits} WHERE key = :key AND closed_at IS NOT NULL) AS closed,
        (SELECT kept FROM ${n.settlements} WHERE digest = :digest::uuid) AS kept
      FROM (SELECT 1) one LEFT JOIN ${n.waits} w ON w.key = :key AND w.closed_at IS NULL
      ORDER BY w.place`),
    keep: statement(`
      INSERT INTO ${n.settlements} (digest, key, kept, at)
      VALUES (:digest::uuid, :key, :kept::json, :at::double precision)
      ON CONFLICT (digest) DO UPDATE SET kept = excluded.kept, at = excluded.at`),
    close: statement(`
      WITH closed AS (
        UPDATE ${n.waits} SET closed_at = :now::double precision, closed_by = :by::uuid
        WHERE id = :id AND closed_at IS NULL RETURNING 1
      ), ${putEvents(n, "closed")}
      SELECT 1 FROM closed`),
    wasClosed: statement(`SELECT 1 FROM ${n.waits} WHERE id = :id AND closed_by = :by::uuid`),
    checkAgain: statement(`
      UPDATE ${n.waits} SET check_at = :checkAt::double precision WHERE id = :id AND closed_at IS NULL`),
    takeDueChecks: statement(`
      WITH due AS (
        SELECT id, check_at FROM ${n.waits}
        WHERE closed_at IS NULL AND check_at <= :now::double precision
        ORDER BY check_at, place LIMIT :limit::integer FOR UPDATE SKIP LOCKED
      ), taken AS (
        UPDATE ${n.waits} w SET check_at = :nextCheckAt::double precision FROM due WHERE w.id = due.id
        RETURNING w.wait, w.check_at, w.place, due.check_at AS was_due
      )
      SELECT wait, check_at FROM taken ORDER BY was_due, place`),
  };
}
