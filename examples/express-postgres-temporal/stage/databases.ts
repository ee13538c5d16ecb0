import { usePostgres } from "../../../test/servers/postgres.ts";
import type { Closing } from "../../../test/stage/closing.ts";
import { createDatabase } from "../../../test/stage/database.ts";

/** A database for the platform and another for the migrator, as two services have. */
export interface Databases {
  readonly platform: string;
  readonly migrator: string;
}

/** Makes both in the server that `DATABASE_URL` names, where they are removed at the end, or in one of our own. */
export async function openDatabases(closing: Closing): Promise<Databases> {
  const server = await usePostgres();
  closing.add(() => server.stop());
  const make = async (purpose: string) => {
    const database = await createDatabase(server.url, purpose);
    if (process.env["DATABASE_URL"]) closing.add(() => database.close());
    return database.url;
  };
  return { platform: await make("platform"), migrator: await make("migrator") };
}
