import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import type { Store } from "@loom/core";
import { LoomError } from "@loom/core";
import { createMemoryStore } from "@loom/local";

/** What changes something that is to be kept. Leases are not: they belong to a process, and end with it. */
type Write =
  | "register"
  | "mergeCandidates"
  | "changeStatus"
  | "saveInputs"
  | "appendHistory"
  | "saveProgress"
  | "markCancelling"
  | "markUndelivered"
  | "commitRun";
type Read = Exclude<keyof Store, Write | "durable" | "ping">;

/** A call of a method that writes. Stores have no clock and no random of their own, so the same calls make the same state. */
interface Deed {
  readonly name: Write;
  readonly args: readonly unknown[];
}

/** A store that is kept in a file, for one process at a time. */
export interface JournalStore extends Store {
  close(): Promise<void>;
}

/** Keeps every write as a line of a file before it counts, and makes the state anew from them when it is opened. */
export function createJournalStore(file: string): JournalStore {
  const memory = createMemoryStore();
  const perform = ({ name, args }: Deed) => Reflect.apply(memory[name], memory, args);
  const journal = createJournal<Deed>(file, perform);

  const read = <Name extends Read>(name: Name) =>
    (async (...args: unknown[]) => {
      await journal.open();
      return Reflect.apply(memory[name], memory, args);
    }) as Store[Name];
  const write = <Name extends Write>(name: Name) =>
    ((...args: unknown[]) => journal.add({ name, args })) as Store[Name];

  return {
    durable: true,
    ping: () => journal.open(),
    close: () => journal.close(),

    register: write("register"),
    getMigration: read("getMigration"),
    listMigrations: read("listMigrations"),
    countCandidates: read("countCandidates"),
    findMigrator: read("findMigrator"),
    mergeCandidates: write("mergeCandidates"),
    getCandidate: read("getCandidate"),
    listCandidates: read("listCandidates"),
    changeStatus: write("changeStatus"),
    saveInputs: write("saveInputs"),
    listCancelledAttempts: read("listCancelledAttempts"),

    getRun: read("getRun"),
    saveProgress: write("saveProgress"),
    markCancelling: write("markCancelling"),
    markUndelivered: write("markUndelivered"),
    listRunning: read("listRunning"),

    loadRun: read("loadRun"),
    commitRun: write("commitRun"),
    leaseDue: read("leaseDue"),
    renewLeases: read("renewLeases"),
    releaseLeases: read("releaseLeases"),
    nextDueAt: read("nextDueAt"),

    appendHistory: write("appendHistory"),
    listHistory: read("listHistory"),
  };
}

/** Lines of JSON in a file. `take` gets each exactly once per process, in order, and only when it is on disk. */
function createJournal<Line>(file: string, take: (line: Line) => unknown) {
  let opening: Promise<FileHandle> | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let end = 0;

  const replay = async (): Promise<FileHandle> => {
    const handle = await open(file, "a+");
    const text = await handle.readFile("utf8");
    const whole = text.slice(0, text.lastIndexOf("\n") + 1); // a crash may have cut the last line: it never counted
    for (const line of whole.split("\n").slice(0, -1)) await take(JSON.parse(line) as Line);
    end = Buffer.byteLength(whole);
    return handle;
  };
  const ready = () =>
    (opening ??= replay().catch((error: unknown) => {
      opening = undefined; // the next call tries again
      throw unavailable(error);
    }));
  const append = async (line: Line): Promise<unknown> => {
    const handle = await ready();
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    try {
      await handle.truncate(end); // whatever a write that failed has left
      await handle.appendFile(bytes);
      await handle.datasync();
    } catch (error) {
      throw unavailable(error);
    }
    end += bytes.byteLength;
    return take(JSON.parse(bytes.toString()) as Line);
  };

  return {
    open: async () => void (await ready()),
    add(line: Line): Promise<unknown> {
      const added = turn.then(() => append(line));
      turn = added.catch(() => undefined);
      return added;
    },
    close: async () => {
      await turn;
      await (await opening)?.close();
    },
  };
}

function unavailable(cause: unknown): LoomError {
  return new LoomError("store_unavailable", "The file of the store cannot be used.", { cause });
}
