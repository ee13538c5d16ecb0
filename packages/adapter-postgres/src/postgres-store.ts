import type { Store } from "@loom/core";
import type { Driver } from "./database/database.ts";
import { createPoolDriver, type PostgresPool } from "./database/pool.ts";
import { createDatabase } from "./database/repeat.ts";
import { checkServer } from "./database/server.ts";
import { checkedFirst } from "./schema/checked-first.ts";
import { migrate } from "./schema/migrate.ts";
import { namesOf } from "./schema/names.ts";
import { checkRights } from "./schema/rights.ts";
import { storePlan } from "./schema/store-plan.ts";
import { createCandidates } from "./store/candidates.ts";
import { createDiscovery } from "./store/discovery.ts";
import { createHistory } from "./store/history.ts";
import { createRegistry } from "./store/registry.ts";
import { createRunViews } from "./store/run-views.ts";
import { createStatus } from "./store/status.ts";
import { createStoredRuns } from "./store/stored-runs.ts";

/** How a Postgres store is set up. */
export interface PostgresStoreOptions {
  /** Your own `Pool` of pg 8. The store opens no other connection, holds none between calls, and never ends it. */
  readonly pool: PostgresPool;
  /** The Postgres schema that the tables are in; `loom` when absent. Several Looms may share a database under different ones. */
  readonly schema?: string;
  /**
   * Whether statements are prepared once per connection, which is much faster; `true` when absent. Say `false` where something
   * between, such as pgbouncer before 1.21, shares connections without minding prepared statements.
   */
  readonly namedStatements?: boolean;
}

/** Keeps all of Loom in Postgres. */
export interface PostgresStore extends Store {
  /**
   * Brings the schema up to date; does nothing when it is. Any number of processes may call it at once.
   *
   * @throws LoomError `store_unavailable`; `invalid_configuration` when a newer Loom changed the schema in a way that this one
   *   cannot work with, or the role may not
   */
  migrate(): Promise<void>;
}

/**
 * A store in Postgres 14 or later, over your own pool. Nothing is asked of the database before the first call, which looks at the
 * schema once and is refused, with the remedy, when it is missing, older than needed, or changed by a newer Loom in a way that
 * this one cannot work with: call `migrate()` before, or run `postgresMigrationSql()` ahead of a deploy. `ping()`, and so
 * `loom.open()`, looks again, and at the rights of the role.
 *
 * What it answers is committed: durable as far as the server's `synchronous_commit` and replication go. A reply that is lost
 * with its connection is asked for again, under the operation's own token; what cannot be had is `store_unavailable`.
 *
 * @throws LoomError `invalid_configuration` for a schema name that cannot be one, and without a pool
 */
export function createPostgresStore(options: PostgresStoreOptions): PostgresStore {
  const { pool, schema = "loom", namedStatements = true } = options;
  return storeOver(createPoolDriver(pool, namedStatements), schema);
}

/** @internal The store over any way to a Postgres. */
export function storeOver(driver: Driver, schema: string): PostgresStore {
  const names = namesOf(schema);
  const plan = storePlan(names);
  const unchecked = createDatabase(driver, plan);
  const { database, check } = checkedFirst(unchecked, plan);
  const context = { database, names };
  return {
    durable: true,
    async ping() {
      await checkServer(unchecked);
      await check();
      await checkRights(unchecked, plan);
    },
    migrate: () => migrate(unchecked, plan),
    ...createRegistry(context),
    ...createDiscovery(context),
    ...createCandidates(context),
    ...createStatus(context),
    ...createRunViews(context),
    ...createStoredRuns(context),
    ...createHistory(context),
  };
}
