import { LoomError } from "@loom/core/errors";
import type { MigratorStore } from "../port.ts";
import { applyChange, changesOf, emptyState } from "../state/state.ts";
import type { WriteDown } from "../state/changes.ts";
import { createStateStore } from "../state/store.ts";
import type { Journal } from "./journal.ts";
import { openJournal } from "./journal.ts";
import type { FolderLock } from "./folder-lock/folder-lock.ts";
import { lockedFolder } from "./folder.ts";

/** How far a journal may grow before it is written anew: this, and twice what it was then. */
const GROWTH = 10_000;

/**
 * Keeps everything in a folder, for one process: a journal that is on the disk before anything is answered, so that a kill
 * loses nothing, and that is written anew, without what is over, at each start and when it has grown.
 *
 * @param dir is made if it is not there; a second process that opens it is refused. What a process had that was killed is free
 *   at once; if that was in another container or on another machine, after half a minute, which the opening waits for
 */
export function fileMigratorStore(dir: string): MigratorStore {
  const state = emptyState();
  let held: { readonly lock: FolderLock; readonly journal: Journal } | undefined;
  let longest = GROWTH;
  let isRead = false;
  const compact = async (journal: Journal) => {
    longest = Infinity;
    await journal.replace(() => changesOf(state));
    longest = GROWTH + 2 * journal.length;
  };
  const writeDown: WriteDown = async (changes) => {
    if (!held) throw new LoomError("store_unavailable", "The migrator's file store is not open.");
    await held.journal.write(changes);
    if (held && held.journal.length > longest) await compact(held.journal);
  };
  return {
    ...createStateStore(state, writeDown),
    shared: false,
    async open() {
      const taken = await lockedFolder(dir);
      try {
        const { journal, changes } = await openJournal(dir, () => taken.hold());
        if (!isRead) for (const change of changes) applyChange(state, change);
        isRead = true;
        await compact(journal);
        held = { lock: taken, journal };
      } catch (error) {
        await taken.release();
        throw error;
      }
    },
    async close() {
      const { lock: taken, journal } = held ?? {};
      held = undefined;
      await journal?.close();
      await taken?.release();
    },
  };
}
