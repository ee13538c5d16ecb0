import { randomBytes } from "node:crypto";
import pg from "pg";
import { usePostgres } from "../../../test/servers/postgres.ts";

/** A database of the demo's own. */
export interface Database {
  readonly url: string;
  /** Drops it, and ends the server if it was started for it. */
  close(): Promise<void>;
}

/** Makes one on the server that `DATABASE_URL` names, whose role must be allowed to; else starts a Postgres for it. */
export async function openDatabase(): Promise<Database> {
  const server = await usePostgres();
  const database = await createDatabase(server.url);
  // Ctrl-C reaches a server that was started for the demo, too: it may be gone before its database can be dropped.
  return process.env["DATABASE_URL"] ? database : { url: database.url, close: server.stop };
}

/** Makes one on a server that runs. */
export async function createDatabase(serverUrl: string): Promise<Database> {
  const name = `loom_example_${randomBytes(6).toString("hex")}`;
  await once(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, close: () => once(serverUrl, `drop database ${name} with (force)`) };
}

async function once(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
