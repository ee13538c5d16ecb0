import { randomUUID } from "node:crypto";
import { link, readFile, rename, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { LoomError } from "@loom/core/errors";
import type { Holder } from "./holder.ts";
import { isAlive, self } from "./holder.ts";

const FILE = "lock";
const BEAT_MS = 5_000;
/** A holder on another machine counts as gone when its lock has not been touched for so long. */
const SILENT_MS = 30_000;

/** Keeps other processes out of a folder. */
export interface Lock {
  release(): Promise<void>;
}

/**
 * Locks a folder for this process. The lock of a process that was killed is taken over.
 *
 * @throws LoomError `invalid_configuration` while another process, or another store of this one, has it
 */
export async function lock(dir: string): Promise<Lock> {
  const path = join(dir, FILE);
  const mine = { ...self(), id: randomUUID() };
  const draft = join(dir, `lock.${mine.id}`);
  await writeFile(draft, JSON.stringify(mine), { flush: true });
  try {
    if (!(await claim(draft, path)) && !((await removeStale(path)) && (await claim(draft, path))))
      throw await refusal(dir, path);
  } finally {
    await unlink(draft);
  }
  const beat = setInterval(() => void touch(path), BEAT_MS);
  beat.unref();
  return {
    async release() {
      clearInterval(beat);
      if ((await holderOf(path))?.id === mine.id) await unlink(path);
    },
  };
}

/** A hard link is made whole or not at all. */
async function claim(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function removeStale(path: string): Promise<boolean> {
  const holder = await holderOf(path);
  if (holder && !(await isGone(holder, path))) return false;
  // Moved, then looked at again: another process may have taken the stale lock over in between.
  const aside = `${path}.stale.${randomUUID()}`;
  await rename(path, aside).catch(() => undefined);
  const moved = await holderOf(aside);
  if (moved && moved.id !== holder?.id) await link(aside, path).catch(() => undefined);
  await unlink(aside).catch(() => undefined);
  return true;
}

async function isGone(holder: Holder, path: string): Promise<boolean> {
  if (holder.host === hostname()) return !(await isAlive(holder));
  const { mtimeMs } = await stat(path);
  return Date.now() - mtimeMs > SILENT_MS;
}

async function holderOf(path: string): Promise<(Holder & { readonly id: string }) | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Holder & { readonly id: string };
  } catch {
    return undefined;
  }
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}

async function refusal(dir: string, path: string): Promise<LoomError> {
  const holder = await holderOf(path);
  const who = holder ? `process ${holder.pid} on ${holder.host}` : "another process";
  return new LoomError(
    "invalid_configuration",
    `The migrator store ${dir} is in use by ${who}. A file store serves one process: stop that one, or use a store of a database.`,
  );
}
