import { createPostgresStore } from "@loom/adapter-postgres";
import pg from "pg";
import { startPostgres } from "../../../test/servers/postgres.ts";
import type { Footprint, Way, World } from "../world.ts";
import { createRawPostgres } from "./raw.ts";
import { RAW_SCHEMA } from "./schema.ts";

/** Whose tables count as what. All else that Loom has is the same for any number of candidates. */
const TABLES: Readonly<Record<keyof Footprint, readonly string[]>> = {
  candidates: ["candidates", "retired_candidates", "counters", "discoveries"],
  runs: ["runs"],
  history: ["history"],
};

/** A Postgres that waits for the disk at each commit, with Loom's schema beside one by hand. */
export async function openPostgres(): Promise<World> {
  const server = await startPostgres({ sync: true });
  const poolOf = (max: number) => new pg.Pool({ connectionString: server.url, max });
  const [single, many] = [poolOf(1), poolOf(16)];
  const wayOf = (pool: pg.Pool, atOnce: number): Way => ({
    name: `pool ${atOnce}`,
    atOnce,
    store: createPostgresStore({ pool }),
    raw: createRawPostgres(pool),
  });
  await createPostgresStore({ pool: single }).migrate();
  await single.query(RAW_SCHEMA);
  const { rows } = await single.query("SHOW server_version");
  return {
    about: `Postgres ${rows[0]?.server_version}, every commit waits for the disk, prepared statements on both sides`,
    ways: [wayOf(single, 1), wayOf(many, 16)],
    mostBytes: 600,
    paces: { ", VACUUM after each twentieth": 0.05, ", all in one go, VACUUM at the end": 1 },
    counted:
      "pg_total_relation_size of the tables of candidates, counters and discoveries, with their indexes, after VACUUM",
    async empty() {
      await single.query(EMPTY);
    },
    async tidy() {
      await single.query("VACUUM (ANALYZE)");
    },
    async footprint() {
      const entries = await Promise.all(
        Object.entries(TABLES).map(async ([what, tables]) => [what, await sizeOf(single, tables)]),
      );
      return Object.fromEntries(entries) as Footprint;
    },
    async close() {
      await Promise.all([single.end(), many.end()]);
      await server.stop();
    },
  };
}

async function sizeOf(pool: pg.Pool, tables: readonly string[]): Promise<number> {
  const { rows } = await pool.query(
    `SELECT sum(pg_total_relation_size(c.oid)) AS bytes FROM pg_class c
      WHERE c.relnamespace = 'loom'::regnamespace AND c.relname = ANY ($1)`,
    [tables],
  );
  return Number(rows[0]?.bytes);
}

const EMPTY = `DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables
    WHERE table_schema IN ('loom', 'raw') AND table_name <> 'schema_versions'
  LOOP EXECUTE 'TRUNCATE ' || name; END LOOP;
END $$`;
