import type { MigratorStore } from "@loom/migrator-sdk";
import { createPoolDriver, type PostgresPool } from "../database/pool.ts";
import { createDatabase } from "../database/repeat.ts";
import { checkServer } from "../database/server.ts";
import { statement } from "../database/statement.ts";
import { numberIn } from "../database/values.ts";
import { checkedFirst } from "../schema/checked-first.ts";
import { migrate } from "../schema/migrate.ts";
import { checkRights } from "../schema/rights.ts";
import { createInbox } from "./inbox.ts";
import { createOutbox } from "./outbox.ts";
import { type MigratorNames, migratorNamesOf, migratorPlan } from "./schema.ts";
import { createWaits } from "./waits.ts";

/** How a migrator's store in Postgres is set up. */
export interface PostgresMigratorStoreOptions {
  /** Your own `Pool` of pg 8. The store opens no other connection, holds none between calls, and never ends it. */
  readonly pool: PostgresPool;
  /** The Postgres schema that the tables are in; `loom_migrator` when absent. Each migrator app needs one of its own. */
  readonly schema?: string;
  /** Whether statements are prepared once per connection; `true` when absent. Say `false` behind pgbouncer before 1.21. */
  readonly namedStatements?: boolean;
}

/**
 * A migrator's store in Postgres 14 or later, over your own pool: the replicas of a migrator share it. `open` brings the schema up
 * to date, unless `postgresMigratorMigrationSql()` was run ahead of the deploy; `close` leaves the pool to you.
 *
 * @throws LoomError `invalid_configuration` for a schema name that cannot be one, and without a pool
 */
export function createPostgresMigratorStore(options: PostgresMigratorStoreOptions): MigratorStore {
  const { pool, schema = "loom_migrator", namedStatements = true } = options;
  const names = migratorNamesOf(schema);
  const plan = migratorPlan(schema);
  const unchecked = createDatabase(createPoolDriver(pool, namedStatements), plan);
  const { database, check } = checkedFirst(unchecked, plan);
  const next = statement(nextSql(names));
  const forget = statement(forgetSql(names));
  return {
    shared: true,
    async open() {
      await checkServer(unchecked);
      await migrate(unchecked, plan);
      await check();
      await checkRights(unchecked, plan);
    },
    async close() {},
    inbox: createInbox(database, names),
    waits: createWaits(database, names),
    outbox: createOutbox(database, names),
    async nextDueAt() {
      const [row] = await database.query(next);
      return row?.["next"] === null ? null : numberIn(row, "next");
    },
    async forget(request) {
      await database.query(forget, { ...request });
    },
  };
}

function nextSql({ runs, waits, streams }: MigratorNames): string {
  return `SELECT least(
    (SELECT min(ready_at) FROM ${runs} WHERE entry IS NOT NULL),
    (SELECT min(check_at) FROM ${waits} WHERE closed_at IS NULL),
    (SELECT min(ready_at) FROM ${streams})
  ) AS next`;
}

/** What another hand is at is left for the next time. */
function forgetSql({ calls, runs, waits, settlements }: MigratorNames): string {
  const over = ":overBefore::double precision";
  const gone = (table: string, key: string, where: string) => `
    DELETE FROM ${table} WHERE ${key} IN (
      SELECT ${key} FROM ${table} WHERE ${where} FOR UPDATE SKIP LOCKED
    )`;
  return `
    WITH calls AS (${gone(calls, "id", `over_at < ${over}`)}),
    runs AS (${gone(runs, "run_id", `over_at < ${over} AND coalesce(lease_until, 0) < ${over}`)}),
    waits AS (${gone(waits, "id", `closed_at < ${over}`)})
    ${gone(settlements, "digest", "at < :keptBefore::double precision")}`;
}
