import { randomUUID } from "node:crypto";
import { link, readdir, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LoomError } from "@loom/core";

const FILE = "loom.lock";

/** Who holds a lock. Process ids are used again, so the moment at which the process began counts too, where it is known. */
interface Holder {
  readonly pid: number;
  readonly began: string | null;
  readonly isReleased?: true;
}

/** Keeps other processes out of a folder: two of them would destroy the database in it. */
export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Locks a folder of this machine for this process. The lock of a process that was killed is taken over.
 *
 * Each holder has a file with a number of its own, the last one plus one, so that of all who find the last one gone one only gets
 * the next. Numbers are never used again: a file is marked, not removed, when its holder leaves.
 *
 * @throws LoomError `invalid_configuration` while a living process, this one included, has it
 */
export async function lockFolder(dir: string): Promise<FolderLock> {
  const own: Holder = { pid: process.pid, began: await beginningOf(process.pid) };
  for (;;) {
    const last = await lastNumber(dir);
    if (last > 0 && (await isHeld(dir, last))) throw inUse(dir);
    const number = last + 1;
    if (!(await put(dir, number, own, link))) continue;
    // Somebody who was slow may take a number that others have gone past and cleared away.
    const isLast = (await lastNumber(dir)) === number;
    if (isLast) {
      await clear(dir, number);
      return {
        release: async () => void (await put(dir, number, { ...own, isReleased: true }, rename)),
      };
    }
    await unlink(pathOf(dir, number));
  }
}

function pathOf(dir: string, number: number): string {
  return join(dir, `${FILE}.${number}`);
}

async function numbersIn(dir: string): Promise<number[]> {
  const names = await readdir(dir);
  return names.flatMap((name) =>
    /^loom\.lock\.\d+$/.test(name) ? [Number(name.slice(FILE.length + 1))] : [],
  );
}

async function lastNumber(dir: string): Promise<number> {
  return Math.max(0, ...(await numbersIn(dir)));
}

/** Makes a file whole or not at all: by a link, if there is none of its name; by a move, in its place. @returns whether it was made */
async function put(
  dir: string,
  number: number,
  holder: Holder,
  how: typeof link | typeof rename,
): Promise<boolean> {
  const draft = join(dir, `${FILE}.draft-${randomUUID()}`);
  await writeFile(draft, JSON.stringify(holder), { flush: true });
  try {
    await how(draft, pathOf(dir, number));
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    await unlink(draft).catch(() => {});
  }
}

async function clear(dir: string, before: number): Promise<void> {
  const old = (await numbersIn(dir)).filter((number) => number < before);
  for (const number of old) await unlink(pathOf(dir, number)).catch(() => {});
}

async function isHeld(dir: string, number: number): Promise<boolean> {
  const holder = await holderOf(pathOf(dir, number));
  return holder !== undefined && !holder.isReleased && isAlive(holder);
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
