import { randomUUID } from "node:crypto";
import { link, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LoomError } from "@loom/core";

const FILE = "loom.lock";

/** Who holds a lock. Process ids are used again, so the moment at which the process began counts too, where it is known. */
interface Holder {
  readonly id: string;
  readonly pid: number;
  readonly began: string | null;
}

/** Keeps other processes out of a folder: two of them would destroy the database in it. */
export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Locks a folder of this machine for this process. The lock of a process that was killed is taken over.
 *
 * @throws LoomError `invalid_configuration` while a living process, this one included, has it
 */
export async function lockFolder(dir: string): Promise<FolderLock> {
  const path = join(dir, FILE);
  const own: Holder = { id: randomUUID(), pid: process.pid, began: await beginningOf(process.pid) };
  const draft = `${path}.${own.id}`;
  await writeFile(draft, JSON.stringify(own), { flush: true });
  try {
    if (!(await claim(draft, path))) {
      await setAside(path, dir);
      if (!(await claim(draft, path))) throw inUse(dir);
    }
  } finally {
    await unlink(draft);
  }
  return {
    async release() {
      if ((await holderOf(path))?.id === own.id) await unlink(path);
    },
  };
}

/** A hard link is made whole or not at all. */
async function claim(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** Moved, then looked at again: another process may have taken the stale lock over in between. */
async function setAside(path: string, dir: string): Promise<void> {
  const holder = await holderOf(path);
  if (holder && (await isAlive(holder))) throw inUse(dir);
  const aside = `${path}.stale.${randomUUID()}`;
  await rename(path, aside).catch(() => {});
  const moved = await holderOf(aside);
  if (moved && moved.id !== holder?.id) await link(aside, path).catch(() => {});
  await unlink(aside).catch(() => {});
}

async function holderOf(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Holder;
  } catch {
    return undefined;
  }
}

async function isAlive({ pid, began }: Holder): Promise<boolean> {
  if (!exists(pid)) return false;
  const now = await beginningOf(pid);
  return now === null || began === null || now === began;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not ours to signal, but there.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Field 22 of `proc_pid_stat(5)`; the name before it may hold anything, but ends with the last parenthesis. */
async function beginningOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}

function inUse(dir: string): LoomError {
  return new LoomError(
    "invalid_configuration",
    `The folder ${dir} is in use: an embedded Postgres serves one process and one store at a time. Close the other one, or use a server.`,
  );
}
