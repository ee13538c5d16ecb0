import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LoomError } from "@loom/core/errors";
import type { MigratorStore } from "../../src/index.ts";
import { fileMigratorStore } from "../../src/index.ts";

/** The store of a folder, or nothing while another one has it. */
export async function tryToOpen(dir: string): Promise<MigratorStore | undefined> {
  const store = fileMigratorStore(dir);
  try {
    await store.open();
    return store;
  } catch (error) {
    if (error instanceof LoomError && error.code === "invalid_configuration") return undefined;
    throw error;
  }
}

/**
 * Has the folder so many times, trying until it gets it.
 *
 * @returns how often it had it
 * @throws EEXIST when another one has it at the same time
 */
export async function takeTurns(dir: string, turns: number): Promise<number> {
  const mark = join(dir, "taken");
  let had = 0;
  while (had < turns) {
    const store = await tryToOpen(dir);
    if (!store) continue;
    await writeFile(mark, "", { flag: "wx" });
    await rm(mark);
    await store.close();
    had += 1;
  }
  return had;
}
