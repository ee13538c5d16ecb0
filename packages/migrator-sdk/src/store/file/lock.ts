import { readFile, stat, truncate, unlink, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { LoomError } from "@loom/core/errors";
import type { Holder } from "./holder.ts";
import { isAlive, self } from "./holder.ts";
import { claim, clear, ifThere, lastNumber, pathOf } from "./numbered-locks.ts";

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
 * Every holder has a file of its own, numbered one after the last. Of all who find the last holder gone, only one can make the
 * next file. The last file is never removed, so that no number comes twice: a holder that leaves empties its file.
 *
 * @throws LoomError `invalid_configuration` while another process, or another store of this one, has it
 */
export async function lock(dir: string): Promise<Lock> {
  for (;;) {
    const last = await lastNumber(dir);
    const holder = await presentHolder(pathOf(dir, last));
    if (holder) throw inUse(dir, holder);
    const number = last + 1;
    if (!(await claim(dir, number, self()))) continue;
    // Others may have gone past this number, and cleared it away, before it was made.
    if ((await lastNumber(dir)) === number) {
      await clear(dir, number);
      return keep(pathOf(dir, number));
    }
    await ifThere(unlink(pathOf(dir, number)));
  }
}

function keep(path: string): Lock {
  const beat = setInterval(() => void touch(path), BEAT_MS);
  beat.unref();
  return {
    async release() {
      clearInterval(beat);
      await ifThere(truncate(path));
    },
  };
}

async function presentHolder(path: string): Promise<Holder | undefined> {
  const holder = parsed(await ifThere(readFile(path, "utf8")));
  if (!holder) return undefined;
  if (holder.host === hostname()) return (await isAlive(holder)) ? holder : undefined;
  const touched = await ifThere(stat(path));
  return touched && Date.now() - touched.mtimeMs <= SILENT_MS ? holder : undefined;
}

/** Nothing if the holder has left, or if a crash of the machine tore its file. */
function parsed(text = ""): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}

function inUse(dir: string, { pid, host }: Holder): LoomError {
  return new LoomError(
    "invalid_configuration",
    `The migrator store ${dir} is in use by process ${pid} on ${host}. A file store serves one process: stop that one, or use a store of a database.`,
  );
}
