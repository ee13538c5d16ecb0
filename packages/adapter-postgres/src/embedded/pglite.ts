import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";

/** Opens the database in a folder, which it makes when it is not there; recovers it when its last process was killed. */
export async function openDatabase(dir: string): Promise<PGlite> {
  if (!existsSync(dir)) await makeDatabase(dir);
  return PGlite.create({ dataDir: dir });
}

/** Makes a database whole or not at all. */
async function makeDatabase(dir: string): Promise<void> {
  const draft = `${dir}.draft`;
  await rm(draft, { recursive: true, force: true });
  try {
    await (await PGlite.create({ dataDir: draft })).close();
    await rename(draft, dir);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}
