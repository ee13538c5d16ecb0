import { hostname } from "node:os";
import { LoomError } from "@loom/core";
import { type Holder, isAlive, self } from "./holder.ts";
import {
  claim,
  clear,
  empty,
  lastNumber,
  pathOf,
  readLock,
  remove,
  touch,
  touchedAt,
} from "./lock-files.ts";

const BEAT_MS = 5_000;
/** A holder that has shown no life for so long asks whether the folder is still its own before it goes on. */
const DOUBT_MS = 15_000;
/** A holder on another machine counts as gone when it has shown no life for so long. */
const SILENT_MS = 30_000;

/** Keeps other processes out of a folder: two of them would destroy the database in it. */
export interface FolderLock {
  /** @throws LoomError `store_unavailable` when the folder may be another process's by now */
  hold(): Promise<void>;
  release(): Promise<void>;
}

/**
 * Locks a folder for this process. The lock of a process that was killed is taken over; that of one on another machine, or in
 * another container, when it has shown no life for 30 seconds.
 *
 * Each holder has a file with a number of its own, the last one plus one, so that of all who find the last one gone one only gets
 * the next. The last file is never removed, so that no number comes twice: a holder that leaves empties its file. The file store
 * of `@loom/migrator-sdk` follows the same rule; neither package may import the other.
 *
 * @throws LoomError `invalid_configuration` while a living process, this one included, has it
 */
export async function lockFolder(dir: string): Promise<FolderLock> {
  for (;;) {
    const last = await lastNumber(dir);
    const found = await standing(dir, last);
    if (found === "cleared") continue;
    if (found !== "free") throw inUse(dir, last, found);
    const number = last + 1;
    if (!(await claim(dir, number, await self()))) continue;
    // Others may have gone past this number before it was made; and one on another machine may have shown life since.
    if ((await lastNumber(dir)) === number && typeof (await standing(dir, last)) === "string") {
      await clear(dir, number);
      return keep(dir, number);
    }
    await remove(dir, number);
  }
}

/** Who has the lock of a number. What cannot be read is an error, never a holder that is gone. */
async function standing(dir: string, number: number): Promise<Holder | "free" | "cleared"> {
  if (number === 0) return "free";
  const text = await readLock(dir, number);
  if (text === undefined) return "cleared";
  const holder = parsed(text);
  if (!holder) return "free";
  if (holder.host === hostname()) return (await isAlive(holder)) ? holder : "free";
  const touched = await touchedAt(dir, number);
  if (touched === undefined) return "cleared";
  return Date.now() - touched <= SILENT_MS ? holder : "free";
}

/** Nothing if the holder has left, or if a crash of the machine tore its file. */
function parsed(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

function keep(dir: string, number: number): FolderLock {
  let isLost = false;
  let shownLife = Date.now();
  const beat = async () => {
    const now = Date.now();
    isLost ||= !(await touch(dir, number)) || (await lastNumber(dir)) > number;
    shownLife = now;
  };
  const beats = setInterval(() => void beat().catch(() => {}), BEAT_MS);
  beats.unref();
  return {
    async hold() {
      if (Date.now() - shownLife > DOUBT_MS) await beat().catch((error: unknown) => fail(error));
      if (isLost) fail();
    },
    async release() {
      clearInterval(beats);
      await empty(dir, number);
    },
  };
}

function fail(cause?: unknown): never {
  throw new LoomError(
    "store_unavailable",
    "The folder of the embedded Postgres is not this process's any more: open the store again.",
    { cause },
  );
}

function inUse(dir: string, number: number, { pid, host }: Holder): LoomError {
  return new LoomError(
    "invalid_configuration",
    `The folder ${dir} is in use by process ${pid} on ${host}: an embedded Postgres serves one process and one store at a time. Close the other one, or use a server. Should that process be none of Loom's, remove ${pathOf(dir, number)}.`,
  );
}
