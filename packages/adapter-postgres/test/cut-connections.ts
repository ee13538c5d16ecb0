import type pg from "pg";
import { expect, inject } from "vitest";
import { type CuttingProxy, startCuttingProxy } from "../../../test/servers/cutting-proxy.ts";
import { openPool } from "./database.ts";

/** A pool of one connection, which can be cut. */
export interface CutPool {
  readonly pool: pg.Pool;
  readonly proxy: CuttingProxy;
  close(): Promise<void>;
}

export async function openCutPool(): Promise<CutPool> {
  const url = new URL(inject("postgresUrl"));
  const proxy = await startCuttingProxy({ host: url.hostname, port: Number(url.port || 5432) });
  url.host = `${proxy.host}:${proxy.port}`;
  const pool = openPool({ connectionString: url.href, max: 1 });
  return {
    pool,
    proxy,
    async close() {
      await pool.end();
      proxy.close();
    },
  };
}

/**
 * Makes a call over a pool that is cut while the server still works on its first request, which a lock keeps from its end.
 * The call comes again, and the first request may end only then.
 *
 * @param pool one that is not cut
 * @param lock SQL that takes the lock, in the schema that the call is about
 */
export async function askAgain<T>(
  { pool, proxy, schema }: { pool: pg.Pool; proxy: CuttingProxy; schema: string },
  lock: string,
  call: () => Promise<T>,
): Promise<T> {
  const holder = await pool.connect();
  try {
    await holder.query(`BEGIN; SET LOCAL search_path TO "${schema}"; ${lock}`);
    const answer = call();
    await expect.poll(() => waiting(pool, schema)).toBe(1);
    proxy.cutAll();
    await expect.poll(() => waiting(pool, schema)).toBe(2);
    await holder.query("COMMIT");
    return await answer;
  } finally {
    holder.release();
  }
}

/** How many statements on the tables of a schema wait for a lock. */
async function waiting(pool: pg.Pool, schema: string): Promise<number> {
  const { rows } = await pool.query(
    `SELECT count(*)::integer AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%${schema}%'`,
  );
  return Number(rows[0]?.waiting);
}
