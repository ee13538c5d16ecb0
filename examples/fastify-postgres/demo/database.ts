import { usePostgres } from "../../../test/servers/postgres.ts";
import { createDatabase, type Database } from "../../../test/stage/database.ts";

/** Makes a database on the server that `DATABASE_URL` names, whose role must be allowed to; else starts a Postgres for it. */
export async function openDatabase(): Promise<Database> {
  const server = await usePostgres();
  const database = await createDatabase(server.url);
  // Ctrl-C reaches a server that was started for the demo, too: it may be gone before its database can be dropped.
  return process.env["DATABASE_URL"] ? database : { url: database.url, close: server.stop };
}
