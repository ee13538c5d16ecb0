import { randomBytes } from "node:crypto";
import pg from "pg";

/** A database made for a demo or a test. */
export interface Database {
  readonly url: string;
  /** Drops it. */
  close(): Promise<void>;
}

/** Makes one on a server that runs, whose role must be allowed to. @param purpose a part of its name */
export async function createDatabase(serverUrl: string, purpose = "demo"): Promise<Database> {
  const name = `loom_example_${purpose}_${randomBytes(6).toString("hex")}`;
  await ask(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, close: () => ask(serverUrl, `drop database ${name} with (force)`) };
}

async function ask(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
