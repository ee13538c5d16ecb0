import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { LoomError } from "@loom/core";
import { type PostgresStore, storeOver } from "../postgres-store.ts";
import { createEmbeddedDriver } from "./driver.ts";
import { type EmbeddedDatabase, openEmbeddedDatabase } from "./embedded-database.ts";
import type { FolderLock } from "./folder-lock/folder-lock.ts";
import { lockDatabase } from "./lock.ts";

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
 * When the disk is full, or the database breaks down, calls answer `store_unavailable` with nothing half written; the database is
 * opened again as soon as that can be done.
 *
 * @throws LoomError `invalid_configuration` without a folder, and while another process, or another store of this one, uses the folder;
 *   `store_unavailable` when the folder cannot be written
 */
export async function createEmbeddedPostgresStore({
  dir,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgresStore> {
  if (typeof dir !== "string" || dir === "")
    throw new LoomError("invalid_configuration", "dir: the folder of the embedded Postgres.");
  const folder = resolve(dir);
  try {
    await mkdir(folder, { recursive: true });
    return await openUnder(await lockDatabase(folder), folder);
  } catch (error) {
    throw LoomError.is(error) ? error : notOpened(folder, error);
  }
}

async function openUnder(lock: FolderLock, folder: string): Promise<EmbeddedPostgresStore> {
  let database: EmbeddedDatabase | undefined;
  const close = async () => {
    try {
      await database?.close();
    } finally {
      await lock.release();
    }
  };
  try {
    database = await openEmbeddedDatabase(join(folder, "postgres"), () => lock.hold());
    const store = storeOver(createEmbeddedDriver(database), "loom");
    await store.migrate();
    return { ...store, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function notOpened(folder: string, cause: unknown): LoomError {
  return new LoomError(
    "store_unavailable",
    `The embedded Postgres in ${folder} cannot be opened: see that the folder can be written and its disk has room.`,
    { cause },
  );
}
