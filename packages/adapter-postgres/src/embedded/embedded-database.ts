import { statfs } from "node:fs/promises";
import { LoomError } from "@loom/core";
import { DISK_FULL } from "../database/failure.ts";
import { type Connection, connectionTo } from "./connection.ts";
import { openDatabase } from "./pglite.ts";

/** How long after an opening that failed the next one is tried, in milliseconds: this, then twice it, and so on. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [500, 60_000];
/** A segment of the log, and some more, in bytes. */
const ROOM_TO_OPEN = 24 * 2 ** 20;

/** A database in this process, used by one at a time, that is opened again when it broke down. */
export interface EmbeddedDatabase {
  use<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /** Ends the database after all work that was begun; what is asked of it later is refused. */
  close(): Promise<void>;
}

/**
 * Opens the database in a folder.
 *
 * @param hold sees, before each work, that the folder is still this process's to use
 */
export async function openEmbeddedDatabase(
  dir: string,
  hold: () => Promise<void> = async () => {},
): Promise<EmbeddedDatabase> {
  const takeTurns = createTurns();
  const reopen = createReopening(dir);
  let connection: Connection | undefined = connectionTo(await openDatabase(dir));
  let isClosed = false;
  return {
    use: (work) =>
      takeTurns(async () => {
        if (isClosed) throw new LoomError("store_unavailable", "The embedded Postgres is closed.");
        await hold();
        if (connection?.isBroken) {
          await connection.close();
          connection = undefined;
        }
        connection ??= await reopen();
        return work(connection);
      }),
    close: () =>
      takeTurns(async () => {
        if (isClosed) return;
        isClosed = true;
        await hold();
        await connection?.close();
      }),
  };
}

/** Runs work one after another, in the order in which it came. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };
}

/** An opening that fails costs memory and open files, so that nobody gets to try it all the time. */
function createReopening(dir: string): () => Promise<Connection> {
  let pause = FIRST_PAUSE;
  let notBefore = -Infinity;
  let cause: unknown;
  return async () => {
    if (!(await hasRoom(dir))) throw new LoomError("store_unavailable", DISK_FULL);
    if (performance.now() < notBefore) throw broken(cause);
    try {
      const connection = connectionTo(await openDatabase(dir));
      pause = FIRST_PAUSE;
      return connection;
    } catch (error) {
      cause = error;
      notBefore = performance.now() + pause;
      pause = Math.min(2 * pause, LONGEST_PAUSE);
      throw broken(error);
    }
  };
}

/** Whether the disk has the room that it takes to recover a database. */
async function hasRoom(dir: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize >= ROOM_TO_OPEN;
}

function broken(cause: unknown): LoomError {
  return new LoomError(
    "store_unavailable",
    "The embedded Postgres broke down and cannot be opened again yet: see that its folder can be written.",
    { cause },
  );
}
