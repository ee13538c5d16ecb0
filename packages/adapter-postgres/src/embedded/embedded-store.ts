import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type PostgresStore, storeOver } from "../postgres-store.ts";
import { lockFolder } from "./lock.ts";
import { createEmbeddedDriver, openDatabase } from "./pglite.ts";

/** Where an embedded Postgres keeps its data. */
export interface EmbeddedPostgresOptions {
  /** A folder of this machine, made when it is not there. One process, and one store in it, uses it at a time. */
  readonly dir: string;
}

/** A Postgres store that has its database in this process. */
export interface EmbeddedPostgresStore extends PostgresStore {
  /** Ends the database and frees the folder. Call it after `loom.close()`. */
  close(): Promise<void>;
}

/**
 * A durable store without a server: Postgres itself, compiled to WebAssembly (`@electric-sql/pglite`, to be installed beside this
 * package), in this process. What it answers is with the operating system and survives the end of the process, however it ends;
 * not a loss of power, for PGlite does not wait for the disk. All calls go one after another through one session: right for
 * one small process, not for many.
 *
 * The schema is brought up to date before it resolves.
 *
 * @throws LoomError `invalid_configuration` while another process, or another store of this one, uses the folder
 */
export async function createEmbeddedPostgresStore({
  dir,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgresStore> {
  const folder = resolve(dir);
  await mkdir(folder, { recursive: true });
  const lock = await lockFolder(folder);
  try {
    const database = await openDatabase(join(folder, "postgres"));
    const store = storeOver(createEmbeddedDriver(database), "loom");
    await store.migrate();
    return {
      ...store,
      async close() {
        await database.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
