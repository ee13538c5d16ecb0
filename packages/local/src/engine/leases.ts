import type { EngineHost, OutboxEntry } from "@loom/core";

/** The entries that one process holds: those under work are renewed, those set aside are given up after a pause. */
export interface Leases {
  /** How many entries are under work. */
  readonly size: number;
  /** Takes what is due, up to a number of entries. */
  take(limit: number): Promise<readonly OutboxEntry[]>;
  /** Does the work on an entry that was taken. One that fails is set aside for a while: nothing comes of it. Never rejects. */
  work<T>(entry: OutboxEntry, task: () => Promise<T>): Promise<T | undefined>;
  /** Lets an entry that was taken be due again after a while, for whoever takes it then: in the midst of the work on it. */
  putOff(entry: OutboxEntry, milliseconds: number): Promise<void>;
  /** Gives entries back that were taken, by their ids, but for those that are under work. Never rejects. */
  giveBack(ids: readonly string[]): Promise<void>;
  /** Waits for the work under way and gives back what is set aside. */
  close(): Promise<void>;
}

/** How a process holds leases; times in milliseconds. */
export interface LeaseOptions {
  /** Unique to the process and its start. */
  readonly owner: string;
  readonly leaseMs: number;
  /** How long an entry stays set aside. */
  readonly pauseMs: number;
}

/** Most leases that are given back in one write. */
const AT_ONCE = 500;
/** Two renewals may fail before a lease is lost. */
const RENEWALS_PER_LEASE = 3;

export function createLeases(
  { store, clock, logger }: EngineHost,
  { owner, leaseMs, pauseMs }: LeaseOptions,
): Leases {
  const working = new Map<string, Promise<unknown>>();
  const aside = new Map<string, () => void>();

  const stopRenewing = every(clock, leaseMs / RENEWALS_PER_LEASE, async () => {
    const ids = [...working.keys()];
    try {
      if (ids.length > 0) await store.renewLeases({ owner, ids, now: clock.now(), leaseMs });
    } catch (err) {
      logger.warn({ err, entries: ids.length }, "leases could not be renewed");
    }
  });

  const giveBack = async (given: readonly string[]) => {
    const ids = given.filter((id) => !working.has(id));
    try {
      for (let at = 0; at < ids.length; at += AT_ONCE)
        await store.releaseLeases({ owner, ids: ids.slice(at, at + AT_ONCE) });
    } catch (err) {
      logger.warn({ err, entries: ids.length }, "leases could not be given back; they will expire");
    }
  };

  // What fails keeps its lease for the pause: given back at once, it would be taken again before all others.
  const setAside = (id: string) => {
    const cancel = clock.after(pauseMs, () => {
      aside.delete(id);
      void giveBack([id]);
    });
    aside.set(id, cancel);
  };

  const attempt = async <T>(entry: OutboxEntry, task: () => Promise<T>) => {
    const { id, runId } = entry;
    try {
      return await task();
    } catch (err) {
      logger.warn({ err, entry: id, runId }, "could not be performed now; it will be tried again");
      setAside(id);
      return undefined;
    } finally {
      working.delete(id);
    }
  };

  return {
    get size() {
      return working.size;
    },
    async take(limit) {
      const entries = await store.leaseDue({ owner, now: clock.now(), leaseMs, limit });
      // One whose lease ran out under our own hands has come back to us, and is under work still.
      return entries.filter(({ id }) => !working.has(id));
    },
    work(entry, task) {
      const work = attempt(entry, task);
      working.set(entry.id, work);
      return work;
    },
    async putOff({ id }, milliseconds) {
      const held = { owner, ids: [id] };
      if (milliseconds <= 0) return store.releaseLeases(held);
      return store.renewLeases({ ...held, now: clock.now(), leaseMs: milliseconds });
    },
    giveBack,
    async close() {
      await Promise.all(working.values());
      stopRenewing();
      for (const cancel of aside.values()) cancel();
      await giveBack([...aside.keys()]);
    },
  };
}

/** Repeats a task that never rejects, with a pause after each time. @returns what ends it */
function every(clock: EngineHost["clock"], pauseMs: number, task: () => Promise<void>): () => void {
  const ended = new AbortController();
  let cancel: (() => void) | undefined;
  const pause = () => {
    if (!ended.signal.aborted) cancel = clock.after(pauseMs, () => void task().then(pause));
  };
  pause();
  return () => {
    ended.abort();
    cancel?.();
  };
}
