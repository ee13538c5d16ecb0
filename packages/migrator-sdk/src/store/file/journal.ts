import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import { LoomError } from "@loom/core/errors";
import type { Change } from "../state/changes.ts";
import { readChanges } from "./read-changes.ts";

const FILE = "journal.jsonl";
const NEXT = "journal.next";
const LINES_AT_ONCE = 1_000;
const BROKEN =
  "The migrator's journal cannot be written: make room on the disk and restart the migrator.";

/** A file of changes, one a line, that only grows until it is written anew. */
export interface Journal {
  /** Resolves when the changes, and all given before, are on the disk. @throws LoomError `store_unavailable`, from then on always */
  write(changes: readonly Change[]): Promise<void>;
  /**
   * Puts what `changes` gives in place of all that was given before. It is called once, when the disk is free: it must then
   * stand for every change given so far.
   */
  replace(changes: () => Iterable<Change>): Promise<void>;
  /** How many lines it has. */
  readonly length: number;
  close(): Promise<void>;
}

/**
 * Opens a folder's journal, with what it holds. A torn last line, of a crash in mid-write, is cut off.
 *
 * @param hold sees, before each write, that the folder is still this process's to use. @throws LoomError
 */
export async function openJournal(
  dir: string,
  hold: () => Promise<void>,
): Promise<{ readonly journal: Journal; readonly changes: readonly Change[] }> {
  const path = join(dir, FILE);
  const changes = await readChanges(path);
  return { journal: await journalOf(dir, changes.length, hold), changes };
}

async function journalOf(
  dir: string,
  initialLength: number,
  hold: () => Promise<void>,
): Promise<Journal> {
  let file = await open(join(dir, FILE), "a");
  let length = initialLength;
  let waiting: string[] = [];
  let tail: Promise<void> = syncFolder(dir);
  let nextFlush: Promise<void> | undefined;
  let failure: LoomError | undefined;

  // After a failure memory and disk differ: only a restart knows what is true.
  const guarded = async (write: () => Promise<void>) => {
    if (failure) throw failure;
    try {
      await hold();
      await write();
    } catch (cause) {
      failure = LoomError.is(cause) ? cause : new LoomError("store_unavailable", BROKEN, { cause });
      throw failure;
    }
  };
  const enqueue = (write: () => Promise<void>) => {
    tail = tail.catch(() => undefined).then(() => guarded(write));
    return tail;
  };
  // All that comes while the disk is busy goes in one write.
  const flush = async () => {
    nextFlush = undefined;
    const lines = waiting.join("");
    waiting = [];
    if (lines === "") return;
    await file.appendFile(lines);
    await file.datasync();
  };
  const rewrite = async (changes: () => Iterable<Change>) => {
    const lines = Array.from(changes(), lineOf);
    waiting = [];
    length = lines.length;
    await writeWhole(join(dir, NEXT), lines);
    await rename(join(dir, NEXT), join(dir, FILE));
    await syncFolder(dir);
    await file.close();
    file = await open(join(dir, FILE), "a");
  };
  return {
    get length() {
      return length;
    },
    write(changes) {
      waiting.push(...changes.map(lineOf));
      length += changes.length;
      nextFlush ??= enqueue(flush);
      return nextFlush;
    },
    replace: (changes) => enqueue(() => rewrite(changes)),
    async close() {
      await tail.catch(() => undefined);
      await file.close();
    },
  };
}

async function writeWhole(path: string, lines: readonly string[]): Promise<void> {
  const file = await open(path, "w");
  for (let at = 0; at < lines.length; at += LINES_AT_ONCE)
    await file.appendFile(lines.slice(at, at + LINES_AT_ONCE).join(""));
  await file.datasync();
  await file.close();
}

function lineOf(change: Change): string {
  return `${JSON.stringify(change)}\n`;
}

/** A new file is only there after a crash if its folder was written too. */
async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, "r");
  await folder.sync();
  await folder.close();
}
