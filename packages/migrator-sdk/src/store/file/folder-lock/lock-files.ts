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

/** The locks of a folder: files with a number each. */
export interface LockFiles {
  pathOf(number: number): string;
  /** The number of the last lock, 0 if there was none. */
  lastNumber(): Promise<number>;
  /** Makes the lock of a number, whole or not at all as hard links are. @returns false if it was not made */
  claim(number: number, holder: Holder): Promise<boolean>;
  /** What a lock says: nothing if it was cleared away, an empty text if its holder has left. */
  read(number: number): Promise<string | undefined>;
  /** When its holder last gave a sign of life, in epoch milliseconds; nothing if the lock was cleared away. */
  touchedAt(number: number): Promise<number | undefined>;
  /** Gives a sign of life. @returns false if the lock was cleared away */
  touch(number: number): Promise<boolean>;
  /** Marks a lock as left. That takes no room, so that it can be done on a full disk. */
  empty(number: number): Promise<void>;
  remove(number: number): Promise<void>;
  /** Removes the locks before a number, and what others left who were killed while they made theirs. */
  clear(before: number): Promise<void>;
}

/** @param prefix what the names of the files begin with */
export function lockFilesIn(dir: string, prefix: string): LockFiles {
  const pathOf = (number: number) => join(dir, `${prefix}.${number}`);
  const draftPrefix = `${prefix}.draft-`;

  const numbersOf = (names: readonly string[]) =>
    names
      .filter((name) => name.startsWith(`${prefix}.`))
      .map((name) => name.slice(prefix.length + 1))
      .filter((rest) => /^\d+$/.test(rest))
      .map(Number);

  return {
    pathOf,
    async lastNumber() {
      return Math.max(0, ...numbersOf(await readdir(dir)));
    },
    async claim(number, holder) {
      const draft = join(dir, `${draftPrefix}${randomUUID()}`);
      await writeFile(draft, JSON.stringify(holder), { flush: true });
      try {
        await link(draft, pathOf(number));
        return true;
      } catch (error) {
        // There is one of this number; or somebody who got the folder has cleared the draft away.
        if (["EEXIST", "ENOENT"].includes(codeOf(error) ?? "")) return false;
        throw error;
      } finally {
        await ifThere(unlink(draft));
      }
    },
    read: (number) => ifThere(readFile(pathOf(number), "utf8")),
    async touchedAt(number) {
      return (await ifThere(stat(pathOf(number))))?.mtimeMs;
    },
    async touch(number) {
      const now = new Date();
      const isThere = async () => (await utimes(pathOf(number), now, now), true);
      return (await ifThere(isThere())) ?? false;
    },
    async empty(number) {
      await ifThere(truncate(pathOf(number)));
    },
    async remove(number) {
      await ifThere(unlink(pathOf(number)));
    },
    async clear(before) {
      const names = await readdir(dir);
      const old = numbersOf(names).filter((number) => number < before);
      const drafts = names.filter((name) => name.startsWith(draftPrefix));
      for (const path of [...old.map(pathOf), ...drafts.map((name) => join(dir, name))])
        await ifThere(unlink(path));
    },
  };
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
