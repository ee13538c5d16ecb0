import { setTimeout as pause } from "node:timers/promises";
import type { LoomError } from "@loom/core/errors";
import { fateOf, type Holder, self } from "./holder.ts";
import { lockFilesIn, type LockFiles } from "./lock-files.ts";

/** Keeps other processes out of a folder. */
export interface FolderLock {
  /** @throws what `lost` gives when the folder may be another process's by now */
  hold(): Promise<void>;
  release(): Promise<void>;
}

/** What a lock is for; times in milliseconds. */
export interface LockOptions {
  /** What the names of its files begin with. */
  readonly prefix: string;
  /** Says that a living process has the folder, and which file says so. */
  readonly inUse: (holder: Holder, path: string) => LoomError;
  /** Says that the folder may be another process's by now. */
  readonly lost: (cause?: unknown) => LoomError;
  /** How long a holder that cannot be seen from here may show no life before it counts as gone. 30 000 when absent. */
  readonly silentMs?: number;
}

const BEAT_MS = 5_000;
/** A holder that has shown no life for so long asks whether the folder is still its own before it goes on. */
const DOUBT_MS = 15_000;
const SILENT_MS = 30_000;
/** Between two looks for a sign of life. */
const LOOK_MS = 250;

/**
 * Locks a folder for this process. The lock of a process that was killed is taken over: at once where it can be seen that the
 * process is gone, and after some silence where it cannot, as of one in another container. That is waited for.
 *
 * Each holder has a file with a number of its own, the last one plus one, so that of all who find the last one gone one only gets
 * the next. The last file is never removed, so that no number comes twice: a holder that leaves empties its file.
 *
 * `@loom/migrator-sdk` and `@loom/adapter-postgres` both have this folder of sources, the same to the letter as a test checks:
 * neither may import the other, and core has no files.
 *
 * @throws what `inUse` gives while a living process, this one included, has it
 */
export async function lockFolder(dir: string, options: LockOptions): Promise<FolderLock> {
  const files = lockFilesIn(dir, options.prefix);
  for (;;) {
    const last = await files.lastNumber();
    const found = await standing(files, last, options.silentMs ?? SILENT_MS);
    if (found === "cleared") continue;
    if ("pid" in found) throw options.inUse(found, files.pathOf(last));
    const number = last + 1;
    if (!(await files.claim(number, await self()))) continue;
    // Others may have gone past this number before it was made; and who was silent may have shown life since.
    if ((await files.lastNumber()) === number && (await isStillSilent(files, last, found))) {
      await files.clear(number);
      return keep(files, number, options);
    }
    await files.remove(number);
  }
}

/** Nobody has the lock; who had it may only be silent, since a moment in epoch milliseconds. */
interface Vacancy {
  readonly silentSince?: number;
}

/** Who has the lock of a number. What cannot be read is an error, never a holder that is gone. */
async function standing(
  files: LockFiles,
  number: number,
  silentMs: number,
): Promise<Holder | Vacancy | "cleared"> {
  if (number === 0) return {};
  const text = await files.read(number);
  if (text === undefined) return "cleared";
  const holder = parsed(text);
  if (!holder) return {};
  const fate = await fateOf(holder);
  if (fate !== "unknown") return fate === "alive" ? holder : {};
  const sign = await signOfLife(files, number, silentMs);
  return sign === "shown" ? holder : sign;
}

async function isStillSilent(
  files: LockFiles,
  number: number,
  { silentSince }: Vacancy,
): Promise<boolean> {
  return silentSince === undefined || (await files.touchedAt(number)) === silentSince;
}

/** Nothing if the holder has left, or if a crash of the machine tore its file. */
function parsed(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

/** Waits until a lock is touched, or has not been touched for long. */
async function signOfLife(
  files: LockFiles,
  number: number,
  silentMs: number,
): Promise<"shown" | "cleared" | Vacancy> {
  const first = await files.touchedAt(number);
  if (first === undefined) return "cleared";
  // A time that has not come yet tells nothing.
  const age = Math.max(0, Date.now() - first);
  const began = performance.now();
  while (performance.now() - began + age <= silentMs) {
    await pause(LOOK_MS);
    const touched = await files.touchedAt(number);
    if (touched === undefined || (await files.read(number)) === "") return "cleared";
    if (touched !== first) return "shown";
  }
  return { silentSince: first };
}

function keep(files: LockFiles, number: number, { lost }: LockOptions): FolderLock {
  let isLost = false;
  let shownLife = Date.now();
  const beat = async () => {
    const now = Date.now();
    isLost ||= !(await files.touch(number)) || (await files.lastNumber()) > number;
    shownLife = now;
  };
  const beats = setInterval(() => void beat().catch(() => {}), BEAT_MS);
  beats.unref();
  return {
    async hold() {
      if (Date.now() - shownLife > DOUBT_MS)
        await beat().catch((error: unknown) => {
          throw lost(error);
        });
      if (isLost) throw lost();
    },
    async release() {
      clearInterval(beats);
      await files.empty(number);
    },
  };
}
