import type { Candidate, StatusChange } from "@loom/core";
import type { Pool } from "pg";
import type { RawFilter, RawStore } from "../world.ts";
import { changeSql, MERGE_SQL, pageSql } from "./sql.ts";
import { SLOTS } from "./schema.ts";

const CHUNK = 5_000;

/** Merges so far: each candidate is marked with the last that listed it. */
let submissions = 1;

/** Postgres by hand: one prepared statement for each thing to do. */
export function createRawPostgres(pool: Pool): RawStore {
  return {
    async register(migrationId) {
      await pool.query(
        `INSERT INTO raw.counters (migration_id, slot) SELECT $1, generate_series(0, ${SLOTS - 1})`,
        [migrationId],
      );
    },
    merge: (migrationId, candidates) => merge(pool, migrationId, candidates),
    async change(change) {
      const { rows } = await pool.query(changeQuery(change));
      return rows.length > 0;
    },
    async changeBare({ migrationId, candidateId, from, to }) {
      const { rows } = await pool.query({
        name: "raw bare",
        text: `UPDATE raw.candidates SET status = $4
          WHERE migration_id = $1 AND id = $2 AND status = $3 RETURNING id`,
        values: [migrationId, candidateId, from.status, to.status],
      });
      return rows.length > 0;
    },
    page: (migrationId, filter) => page(pool, migrationId, filter),
    async count(migrationId) {
      const { rows } = await pool.query({
        name: "raw count",
        text: `SELECT sum(not_started) AS not_started, sum(queued) AS queued, sum(running) AS running,
          sum(completed) AS completed FROM raw.counters WHERE migration_id = $1`,
        values: [migrationId],
      });
      return Number(rows[0]?.not_started);
    },
  };
}

/** All of it in one transaction, a chunk by a statement, in the order of the ids. */
async function merge(pool: Pool, migrationId: string, candidates: readonly Candidate[]) {
  const client = await pool.connect();
  const listed = submissions++;
  let added = 0;
  try {
    await client.query("BEGIN");
    for (let from = 0; from < candidates.length; from += CHUNK) {
      const chunk = candidates.slice(from, from + CHUNK);
      const { rows } = await client.query({
        name: "raw merge",
        text: MERGE_SQL,
        values: [
          migrationId,
          chunk.map(({ id }) => id),
          chunk.map(({ kind }) => kind ?? null),
          chunk.map(({ id: _id, kind: _kind, ...data }) => JSON.stringify(data)),
          listed,
        ],
      });
      added += Number(rows[0]?.added);
    }
    await client.query(
      "UPDATE raw.counters SET not_started = not_started + $2 WHERE migration_id = $1 AND slot = 0",
      [migrationId, added],
    );
    await client.query("INSERT INTO raw.history (migration_id, entry) VALUES ($1, $2)", [
      migrationId,
      JSON.stringify({ action: "discover", added }),
    ]);
    await client.query("COMMIT");
  } finally {
    client.release();
  }
  return added;
}

function changeQuery(change: StatusChange) {
  const { migrationId, candidateId, from, to, token, at, inputs, history } = change;
  const own = change.claim ?? change.progress?.progress;
  return {
    name: `raw ${to.status}`,
    text: changeSql(change),
    values: [
      migrationId,
      candidateId,
      from.attempt,
      to.attempt,
      token,
      at,
      JSON.stringify(inputs),
      JSON.stringify(history),
      ...(own ? [JSON.stringify(own)] : []),
    ],
  };
}

async function page(pool: Pool, migrationId: string, filter: RawFilter): Promise<Candidate[]> {
  const { after, limit, status, kind, q } = filter;
  const wanted = status ?? kind ?? q;
  const { rows } = await pool.query({
    name: `raw page ${status !== undefined} ${kind !== undefined} ${q !== undefined}`,
    text: pageSql(filter),
    values: [migrationId, after, limit + 1, ...(wanted === undefined ? [] : [wanted])],
  });
  return rows.map(({ data, ...row }) => ({ ...row, ...data }));
}
