import { randomBytes } from "node:crypto";
import pg from "pg";
import { usePostgres } from "../../../test/servers/postgres.ts";
import type { Closing } from "../../../test/stage/closing.ts";

/** A database for the platform and another for the migrator, as two services have. */
export interface Databases {
  readonly platform: string;
  readonly migrator: string;
}

/** Makes both in the server that `DATABASE_URL` names, where they are removed at the end, or in one of our own. */
export async function openDatabases(closing: Closing): Promise<Databases> {
  const server = await usePostgres();
  closing.add(() => server.stop());
  const suffix = randomBytes(4).toString("hex");
  const make = (name: string) => createDatabase(server.url, `loom_example_${name}_${suffix}`);
  const made = [await make("platform"), await make("migrator")] as const;
  if (process.env["DATABASE_URL"])
    closing.add(async () => {
      for (const { name } of made) await ask(server.url, `DROP DATABASE "${name}" WITH (FORCE)`);
    });
  return { platform: made[0].url, migrator: made[1].url };
}

async function createDatabase(serverUrl: string, name: string) {
  await ask(serverUrl, `CREATE DATABASE "${name}"`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { name, url: url.href };
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
