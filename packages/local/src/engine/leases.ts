import type { EngineHost, OutboxEntry } from "@loom/core";

/** The entries that one process holds: those under work are renewed, those set aside are given up after a pause. */
export interface Leases {
  /** How many entries are under work. */
  readonly size: number;
  /** Takes what is due, up to a number of entries. */
  take(limit: number): Promise<readonly OutboxEntry[]>;
  /** Does the work on an entry that was taken. One that fails is set aside for a while. Never rejects. */
  work(entry: OutboxEntry, task: () => Promise<void>): Promise<void>;
  /** Gives entries back that were taken and not worked on. Never rejects. */
  giveBack(entries: readonly OutboxEntry[]): Promise<void>;
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

/** Two renewals may fail before a lease is lost. */
const RENEWALS_PER_LEASE = 3;

export function createLeases(
  { store, clock, logger }: EngineHost,
  { owner, leaseMs, pauseMs }: LeaseOptions,
): Leases {
  const working = new Map<string, Promise<void>>();
  const aside = new Map<string, { readonly entry: OutboxEntry; readonly cancel: () => void }>();

  const stopRenewing = every(clock, leaseMs / RENEWALS_PER_LEASE, async () => {
    const ids = [...working.keys()];
    try {
      if (ids.length > 0) await store.renewLeases({ owner, ids, now: clock.now(), leaseMs });
    } catch (err) {
      logger.warn({ err, entries: ids.length }, "leases could not be renewed");
    }
  });

  const giveBack = async (entries: readonly OutboxEntry[]) => {
    const ids = entries.map(({ id }) => id).filter((id) => !working.has(id));
    try {
      if (ids.length > 0) await store.releaseLeases({ owner, ids });
    } catch (err) {
      logger.warn({ err, entries: ids.length }, "leases could not be given back; they will expire");
    }
  };

  // What fails keeps its lease for the pause: given back at once, it would be taken again before all others.
  const setAside = (entry: OutboxEntry) => {
    const cancel = clock.after(pauseMs, () => {
      aside.delete(entry.id);
      void giveBack([entry]);
    });
    aside.set(entry.id, { entry, cancel });
  };

  const attempt = async (entry: OutboxEntry, task: () => Promise<void>) => {
    try {
      await task();
    } catch (err) {
      const { id, runId } = entry;
      logger.warn({ err, entry: id, runId }, "could not be performed now; it will be tried again");
      setAside(entry);
    }
    working.delete(entry.id);
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
    giveBack,
    async close() {
      await Promise.all(working.values());
      stopRenewing();
      for (const { cancel } of aside.values()) cancel();
      await giveBack([...aside.values()].map(({ entry }) => entry));
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
