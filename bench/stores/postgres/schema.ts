/** The tables that one would make by hand for the same facts. */
export const RAW_SCHEMA = `
CREATE SCHEMA raw;
CREATE TABLE raw.candidates (
  migration_id text NOT NULL,
  id text NOT NULL,
  kind text,
  data json NOT NULL,
  inputs json,
  status text NOT NULL,
  attempt integer NOT NULL,
  token uuid,
  listed integer NOT NULL,
  phase text,
  delivery text,
  step json,
  step_status text,
  sequence integer,
  claimed_at timestamptz,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (migration_id, id)
);
CREATE INDEX ON raw.candidates (migration_id, status, id);
CREATE INDEX ON raw.candidates (migration_id, kind, id);
CREATE TABLE raw.runs (
  migration_id text NOT NULL,
  candidate_id text NOT NULL,
  attempt integer NOT NULL,
  manifest json NOT NULL,
  progress json,
  PRIMARY KEY (migration_id, candidate_id)
);
CREATE TABLE raw.history (
  migration_id text NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  entry json NOT NULL,
  PRIMARY KEY (migration_id, seq)
);
-- Spread over rows, so that changes do not wait for one another.
CREATE TABLE raw.counters (
  migration_id text NOT NULL,
  slot integer NOT NULL,
  not_started integer NOT NULL DEFAULT 0,
  queued integer NOT NULL DEFAULT 0,
  running integer NOT NULL DEFAULT 0,
  completed integer NOT NULL DEFAULT 0,
  PRIMARY KEY (migration_id, slot)
) WITH (fillfactor = 50);`;

/** How many rows the counters of a migration are spread over. */
export const SLOTS = 16;
