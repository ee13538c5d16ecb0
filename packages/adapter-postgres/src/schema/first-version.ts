import type { Names } from "./names.ts";

/**
 * Ids are compared byte by byte (`COLLATE "C"`): quickly, and the same under every locale. What Loom reads is in columns; what it
 * only hands on is `json`, which gives text back as it came. Moments that are compared are epoch milliseconds.
 */
export function firstVersion(n: Names): string {
  return [enums, registry, candidates, runs, lists].map((part) => part(n)).join("\n");
}

function enums(n: Names): string {
  return `
CREATE TYPE ${n.candidateStatus} AS ENUM ('not_started', 'queued', 'running', 'completed');
CREATE TYPE ${n.stepStatus} AS ENUM
  ('none', 'in_progress', 'open', 'awaiting_review', 'completed', 'merged', 'failed');
CREATE TYPE ${n.runPhase} AS ENUM ('running', 'cancelling', 'finished');
CREATE TYPE ${n.delivery} AS ENUM ('pending', 'undelivered', 'delivered');`;
}

function registry(n: Names): string {
  return `
CREATE TABLE ${n.migrations} (
  number integer GENERATED ALWAYS AS IDENTITY, -- stands for the id in the tables of candidates and runs
  id text COLLATE "C" PRIMARY KEY,
  owner text NOT NULL,
  created_at bigint NOT NULL,
  submissions integer NOT NULL DEFAULT 0, -- lists of candidates taken so far
  data json NOT NULL
);
CREATE TABLE ${n.apps} (
  app text COLLATE "C" PRIMARY KEY,
  owner text NOT NULL,
  url text NOT NULL
);
CREATE TABLE ${n.discoveries} (
  migration integer NOT NULL,
  id text COLLATE "C" NOT NULL,
  began integer NOT NULL, -- the submission that was its first chunk
  used integer NOT NULL, -- the submission that was its latest chunk
  PRIMARY KEY (migration, id)
);`;
}

/** Rows are rewritten with each transition: room in the page keeps a new version near the old, and vacuum comes early. */
function candidates(n: Names): string {
  return `
CREATE TABLE ${n.candidates} (
  updated_at bigint NOT NULL,
  claimed_at bigint,
  migration integer NOT NULL, -- its number
  attempt integer NOT NULL,
  run_attempt integer, -- NULL until the first start
  sequence integer NOT NULL DEFAULT -1, -- of the view that is shown
  listed integer NOT NULL, -- the submission that listed it last
  revised integer NOT NULL, -- the submission that brought its data
  status ${n.candidateStatus} NOT NULL,
  step_status ${n.stepStatus} NOT NULL DEFAULT 'none', -- of the current step; 'none' unless it runs
  step_before ${n.stepStatus} NOT NULL DEFAULT 'none', -- what the last write found in step_status: for the counters
  phase ${n.runPhase},
  delivery ${n.delivery},
  token uuid, -- of the last change of status
  id text COLLATE "C" NOT NULL,
  folded text COLLATE "C", -- the id in lower case, where that differs
  kind text COLLATE "C",
  data json NOT NULL,
  inputs json NOT NULL DEFAULT '{}',
  step json, -- the current step
  PRIMARY KEY (migration, id)
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
CREATE INDEX candidates_by_status ON ${n.candidates} (status, migration, id);
CREATE INDEX candidates_by_step ON ${n.candidates} (step_status, migration, id) WHERE step_status <> 'none';
CREATE INDEX candidates_by_kind ON ${n.candidates} (kind, migration, id) WHERE kind IS NOT NULL;

CREATE TABLE ${n.retired} (
  migration integer NOT NULL,
  id text COLLATE "C" NOT NULL,
  attempt integer NOT NULL, -- the last one taken before it was removed
  PRIMARY KEY (migration, id)
);

-- Several rows for each migration, so that transitions of different candidates do not wait for one another.
CREATE TABLE ${n.counters} (
  migration integer NOT NULL,
  slot integer NOT NULL,
  not_started integer NOT NULL,
  queued integer NOT NULL,
  running integer NOT NULL,
  completed integer NOT NULL,
  blocked integer NOT NULL,
  awaiting_review integer NOT NULL,
  PRIMARY KEY (migration, slot)
) WITH (fillfactor = 30, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);`;
}

function runs(n: Names): string {
  return `
-- The latest attempt of each candidate that was started.
CREATE TABLE ${n.runs} (
  ended bigint, -- the version that the commit which ended it would have had
  migration integer NOT NULL,
  sequence integer NOT NULL DEFAULT -1,
  candidate_id text COLLATE "C" NOT NULL,
  manifest json NOT NULL,
  progress json,
  PRIMARY KEY (migration, candidate_id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);

-- The state of live runs that a stored host keeps.
CREATE TABLE ${n.states} (
  version bigint NOT NULL,
  attempt integer NOT NULL,
  run_id text COLLATE "C" NOT NULL,
  state json NOT NULL,
  PRIMARY KEY (run_id, attempt)
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02);

CREATE TABLE ${n.outbox} (
  seq bigint GENERATED ALWAYS AS IDENTITY,
  due_at double precision NOT NULL,
  lease_until double precision,
  ready_at double precision NOT NULL GENERATED ALWAYS AS (greatest(due_at, lease_until)) STORED,
  attempt integer NOT NULL,
  tries integer NOT NULL,
  lease_call uuid, -- the call of leaseDue that gave it out
  id text COLLATE "C" PRIMARY KEY,
  run_id text COLLATE "C" NOT NULL,
  lease_owner text,
  command json NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500);
CREATE INDEX outbox_by_time ON ${n.outbox} (ready_at, seq);
CREATE INDEX outbox_by_run ON ${n.outbox} (run_id, attempt);`;
}

function lists(n: Names): string {
  return `
CREATE TABLE ${n.cancelled} (
  seq bigint GENERATED ALWAYS AS IDENTITY,
  migration_id text COLLATE "C" NOT NULL,
  entry json NOT NULL,
  PRIMARY KEY (migration_id, seq)
);
CREATE TABLE ${n.history} (
  seq bigint GENERATED ALWAYS AS IDENTITY,
  migration_id text COLLATE "C" NOT NULL,
  entry json NOT NULL,
  PRIMARY KEY (migration_id, seq)
);
-- Rare writes and what they answered, kept a while so that one repeated after a lost reply is recognised.
CREATE TABLE ${n.operations} (
  id uuid PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  answer json
);
CREATE INDEX operations_by_age ON ${n.operations} (at);`;
}
