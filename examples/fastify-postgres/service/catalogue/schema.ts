import type { Pool } from "pg";

/** The tables of the service itself. Loom's are in a schema of their own, `loom`. */
const TABLES = `
  create schema if not exists catalogue;
  create table if not exists catalogue.services (
    name text primary key,
    team text not null,
    manifest text not null
  );
  create table if not exists catalogue.changes (
    id integer generated always as identity primary key,
    key text not null unique,
    service text not null references catalogue.services,
    title text not null,
    before text not null,
    after text not null,
    state text not null default 'open'
  );
  create table if not exists catalogue.sessions (
    digest bytea primary key,
    email text not null,
    role text not null,
    expires_at timestamptz not null
  );
  create table if not exists catalogue.audit (
    id integer generated always as identity primary key,
    at timestamptz not null default now(),
    actor text not null,
    action text not null,
    subject text not null
  );
`;

/** One number for all instances. Postgres does one of several statements in one query as one transaction. */
const LOCK = "select pg_advisory_xact_lock(4025001);";

/** Brings the service's own tables up to date. Any number of instances may do so at once. */
export async function migrateCatalogue(pool: Pool): Promise<void> {
  await pool.query(LOCK + TABLES);
}
