import { migrationScript } from "../schema/migrate.ts";
import { quotedSchema, type SchemaPlan } from "../schema/plan.ts";

/** The quoted names of all that a migrator's store keeps. */
export type MigratorNames = ReturnType<typeof migratorNamesOf>;

/** @throws LoomError `invalid_configuration` for a name that cannot be one of a schema */
export function migratorNamesOf(schema: string) {
  const quoted = quotedSchema(schema);
  return {
    schema,
    calls: `${quoted}.calls`,
    runs: `${quoted}.runs`,
    runOrder: `${quoted}.run_order`,
    waits: `${quoted}.waits`,
    settlements: `${quoted}.settlements`,
    streams: `${quoted}.streams`,
    events: `${quoted}.events`,
  } as const;
}

/** The schema of a migrator's store. */
export function migratorPlan(names: MigratorNames): SchemaPlan {
  return {
    schema: names.schema,
    versions: [{ number: 1, breaking: false, statements: firstVersion(names) }],
    remedy: "open the store, or run the SQL of postgresMigratorMigrationSql()",
  };
}

/**
 * The SQL that brings the schema of a migrator's store up to date: one transaction that may be run again and by several at
 * once, for those who change schemas ahead of a deploy.
 *
 * @param options.schema the schema's name; `loom_migrator` when absent
 * @throws LoomError `invalid_configuration` for a name that cannot be one of a schema
 */
export function postgresMigratorMigrationSql({
  schema = "loom_migrator",
}: {
  readonly schema?: string;
} = {}): string {
  return migrationScript(migratorPlan(migratorNamesOf(schema)));
}

/** At most one call of a run is at work, so the run's row holds it whole, and is the lock for all that happens to it. */
function firstVersion(n: MigratorNames): string {
  return `
CREATE TABLE ${n.calls} (
  over_at double precision, -- NULL while it is to be worked off
  added_by uuid NOT NULL,
  id text COLLATE "C" PRIMARY KEY,
  run_id text COLLATE "C" NOT NULL
);
CREATE INDEX calls_by_end ON ${n.calls} (over_at);

CREATE SEQUENCE ${n.runOrder};
CREATE TABLE ${n.runs} (
  place bigint NOT NULL, -- in the order of calls
  due_at double precision NOT NULL,
  over_at double precision,
  lease_until double precision,
  ready_at double precision NOT NULL GENERATED ALWAYS AS (greatest(due_at, lease_until)) STORED,
  tries integer NOT NULL,
  lease_by uuid, -- the request that leased it
  finished_by uuid, -- the request that worked the call off
  run_id text COLLATE "C" PRIMARY KEY,
  call_id text COLLATE "C" NOT NULL,
  lease_call text COLLATE "C", -- may be an earlier call, which is over and whose owner has not seen it
  lease_owner text,
  call json NOT NULL,
  entry json -- NULL once the call is over
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX runs_by_time ON ${n.runs} (ready_at) WHERE entry IS NOT NULL;
CREATE INDEX runs_by_end ON ${n.runs} (over_at);

CREATE TABLE ${n.waits} (
  place bigint GENERATED ALWAYS AS IDENTITY,
  check_at double precision,
  closed_at double precision,
  closed_by uuid,
  id text COLLATE "C" PRIMARY KEY,
  key text COLLATE "C" NOT NULL,
  wait json NOT NULL
);
CREATE INDEX waits_by_key ON ${n.waits} USING hash (key);
CREATE INDEX waits_by_check ON ${n.waits} (check_at) WHERE closed_at IS NULL;
CREATE INDEX waits_by_end ON ${n.waits} (closed_at);

CREATE TABLE ${n.settlements} (
  at double precision NOT NULL,
  key text COLLATE "C" NOT NULL,
  digest uuid PRIMARY KEY, -- of the key, which may be too long for an index
  kept json NOT NULL
);

-- A stream is there while it has events; its row is the lock for all that happens to them.
CREATE TABLE ${n.streams} (
  due_at double precision NOT NULL DEFAULT 0,
  lease_until double precision,
  ready_at double precision NOT NULL GENERATED ALWAYS AS (greatest(due_at, lease_until)) STORED,
  tries integer NOT NULL DEFAULT 0,
  lease_by uuid,
  stream text COLLATE "C" PRIMARY KEY,
  lease_event text COLLATE "C",
  lease_owner text
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX streams_by_time ON ${n.streams} (ready_at);
CREATE TABLE ${n.events} (
  place bigint GENERATED ALWAYS AS IDENTITY,
  id text COLLATE "C" PRIMARY KEY,
  stream text COLLATE "C" NOT NULL,
  event json NOT NULL
);
CREATE INDEX events_by_stream ON ${n.events} (stream, place);`;
}
