import { randomUUID } from "node:crypto";
import {
  link,
  readdir,
  readFile,
  stat,
  truncate,
  unlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import type { Holder } from "./holder.ts";

const NAME = /^loom\.lock\.(\d+)$/;
const DRAFT = /^loom\.lock\.draft-/;

/** Where the lock of a number is. */
export function pathOf(dir: string, number: number): string {
  return join(dir, `loom.lock.${number}`);
}

/** The number of the last lock, 0 if there was none. */
export async function lastNumber(dir: string): Promise<number> {
  return Math.max(0, ...numbersOf(await readdir(dir)));
}

function numbersOf(names: readonly string[]): number[] {
  return names.flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number);
}

/** Makes the lock of a number, whole or not at all as hard links are. @returns false if it was not made */
export async function claim(dir: string, number: number, holder: Holder): Promise<boolean> {
  const draft = join(dir, `loom.lock.draft-${randomUUID()}`);
  await writeFile(draft, JSON.stringify(holder), { flush: true });
  try {
    await link(draft, pathOf(dir, number));
    return true;
  } catch (error) {
    // There is one of this number; or somebody who got the folder has cleared the draft away.
    if (["EEXIST", "ENOENT"].includes(codeOf(error) ?? "")) return false;
    throw error;
  } finally {
    await ifThere(unlink(draft));
  }
}

/** What the lock of a number says: nothing if it was cleared away, an empty text if its holder has left. */
export function readLock(dir: string, number: number): Promise<string | undefined> {
  return ifThere(readFile(pathOf(dir, number), "utf8"));
}

/** When the holder of a lock last gave a sign of life, in epoch milliseconds; nothing if the lock was cleared away. */
export async function touchedAt(dir: string, number: number): Promise<number | undefined> {
  return (await ifThere(stat(pathOf(dir, number))))?.mtimeMs;
}

/** Gives a sign of life. @returns false if the lock was cleared away */
export async function touch(dir: string, number: number): Promise<boolean> {
  const now = new Date();
  const isThere = async () => (await utimes(pathOf(dir, number), now, now), true);
  return (await ifThere(isThere())) ?? false;
}

/** Marks a lock as left. That takes no room, so that it can be done on a full disk. */
export async function empty(dir: string, number: number): Promise<void> {
  await ifThere(truncate(pathOf(dir, number)));
}

export async function remove(dir: string, number: number): Promise<void> {
  await ifThere(unlink(pathOf(dir, number)));
}

/** Removes the locks before a number, and what others left who were killed while they made theirs. */
export async function clear(dir: string, before: number): Promise<void> {
  const names = await readdir(dir);
  const old = numbersOf(names).filter((number) => number < before);
  const drafts = names.filter((name) => DRAFT.test(name)).map((name) => join(dir, name));
  for (const path of [...old.map((number) => pathOf(dir, number)), ...drafts])
    await ifThere(unlink(path));
}

/** What comes of work on a file that somebody else may have removed: nothing, if they have. */
async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
