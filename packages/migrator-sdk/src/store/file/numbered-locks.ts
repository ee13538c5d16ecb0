import { randomUUID } from "node:crypto";
import { link, readdir, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Holder } from "./holder.ts";

const NAME = /^lock\.(\d+)$/;

/** Where the lock of a number is. */
export function pathOf(dir: string, number: number): string {
  return join(dir, `lock.${number}`);
}

async function numbersIn(dir: string): Promise<number[]> {
  const names = await readdir(dir);
  return names.flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number);
}

/** The number of the last lock, 0 if there was none. */
export async function lastNumber(dir: string): Promise<number> {
  return Math.max(0, ...(await numbersIn(dir)));
}

/** Makes the lock of a number, whole or not at all as hard links are. @returns false if there is one */
export async function claim(dir: string, number: number, holder: Holder): Promise<boolean> {
  const draft = join(dir, `lock.draft-${randomUUID()}`);
  await writeFile(draft, JSON.stringify(holder), { flush: true });
  try {
    await link(draft, pathOf(dir, number));
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    await unlink(draft);
  }
}

/** Removes the locks before a number. */
export async function clear(dir: string, before: number): Promise<void> {
  const old = (await numbersIn(dir)).filter((number) => number < before);
  for (const number of old) await ifThere(unlink(pathOf(dir, number)));
}

/** What comes of work on a file that a later holder may have removed: nothing, if it has. */
export async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
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
