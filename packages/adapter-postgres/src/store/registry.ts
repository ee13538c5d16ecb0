import { randomUUID } from "node:crypto";
import type {
  CandidateCounts,
  Migration,
  MigrationStore,
  Registration,
  RegistrationResult,
} from "@loom/core";
import type { Outcome, Row } from "../database/database.ts";
import { statement } from "../database/statement.ts";
import { jsonIn, momentOf, textIn, timestampIn } from "../database/values.ts";
import { numberOf } from "./candidate-key.ts";
import type { StoreContext } from "./context.ts";
import { COUNTS, countsOf } from "./counters.ts";
import { beginOperation, createOperations } from "./operations.ts";

type Methods = Pick<
  MigrationStore,
  "register" | "getMigration" | "listMigrations" | "countCandidates" | "findMigrator"
>;

export function createRegistry(context: StoreContext): Methods {
  const { database, names } = context;
  const get = statement(`SELECT created_at, data FROM ${names.migrations} WHERE id = :migration`);
  const list = statement(`
    SELECT m.created_at, m.data, k.* FROM ${names.migrations} m
    LEFT JOIN LATERAL (SELECT ${COUNTS} FROM ${names.counters} k WHERE k.migration = m.number) k ON true
    ORDER BY m.id`);
  const count = statement(
    `SELECT ${COUNTS} FROM ${names.counters} k WHERE k.migration = ${numberOf(names)}`,
  );
  const find = statement(`SELECT app, url FROM ${names.apps} WHERE app = :app`);

  return {
    register: createRegister(context),
    async getMigration(migration) {
      const [row] = await database.query(get, { migration });
      return row ? migrationOf(row) : null;
    },
    async listMigrations() {
      const rows = await database.query(list);
      return rows.map((row) => ({ ...migrationOf(row), counts: countsOf(row) }));
    },
    async countCandidates(migration): Promise<CandidateCounts> {
      const [row] = await database.query(count, { migration });
      return countsOf(row ?? {});
    },
    async findMigrator(app) {
      const [row] = await database.query(find, { app });
      return row ? { app, url: textIn(row, "url") } : null;
    },
  };
}

function createRegister({ database, names }: StoreContext): Methods["register"] {
  const operations = createOperations(names);
  const takeMigration = statement(`
    WITH ${beginOperation(names)}
    INSERT INTO ${names.migrations} AS m (id, owner, created_at, data)
    SELECT :migration, :owner, :created::bigint, :data::json FROM operation
    ON CONFLICT (id) DO UPDATE SET data = excluded.data WHERE m.owner = excluded.owner
    RETURNING created_at, data`);
  const takeApp = statement(`
    INSERT INTO ${names.apps} AS a (app, owner, url) VALUES (:app, :owner, :url)
    ON CONFLICT (app) DO UPDATE SET url = excluded.url WHERE a.owner = excluded.owner
    RETURNING app`);
  const append = statement(
    `INSERT INTO ${names.history} (migration_id, entry) VALUES (:migration, :entry::json)`,
  );

  return (registration) => {
    const operation = randomUUID();
    const values = valuesOf(registration);
    return database.transaction(async (session): Promise<Outcome<RegistrationResult>> => {
      const [row] = await session.query(takeMigration, { ...values, operation });
      if (!row) return refused(await operations.answerOf(session, operation));
      if ((await session.query(takeApp, values)).length === 0)
        return { keep: false, answer: { taken: "app" } };
      await session.query(append, values);
      const answer = { registered: migrationOf(row) };
      await session.query(operations.note, { operation, answer: JSON.stringify(answer) });
      return { keep: true, answer };
    });
  };
}

/** Nothing was registered here: another has the id, or this is a repetition of what was done. */
function refused(done: RegistrationResult | undefined): Outcome<RegistrationResult> {
  return { keep: false, answer: done ?? { taken: "migration" } };
}

function valuesOf({ migration, owner, history }: Registration) {
  return {
    owner,
    migration: migration.id,
    created: momentOf(migration.createdAt),
    data: JSON.stringify(migration),
    app: migration.migratorApp,
    url: migration.migratorUrl,
    entry: JSON.stringify(history),
  };
}

function migrationOf(row: Row): Migration {
  return { ...(jsonIn(row, "data") as Migration), createdAt: timestampIn(row, "created_at") };
}
