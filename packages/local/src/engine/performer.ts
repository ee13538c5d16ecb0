import type { EngineHost, OutboxEntry } from "@loom/core";
import type { FindApp } from "./app-finder.ts";
import type { Leases } from "./leases.ts";
import type { Shares } from "./shares.ts";

/** Takes up due entries as there is room for them. */
export interface Performer {
  /** Looks for work now: something was added, or room became free. */
  poke(): void;
  /** Takes nothing more, and waits for the work under way. */
  close(): Promise<void>;
}

/** How a performer works; times in milliseconds. */
export interface PerformerOptions {
  /** Most entries under work at once. */
  readonly concurrency: number;
  /** Most entries that wait for room in the share of an app. */
  readonly mostWaiting: number;
  /** The longest time between two looks, for what other processes left. */
  readonly pollMs: number;
}

/** What a performer works with. */
export interface Hands {
  readonly leases: Leases;
  readonly shares: Shares;
  readonly findApp: FindApp;
  /** Performs an entry; a call that is to be put off is not made. */
  readonly perform: (entry: OutboxEntry, putOffMs?: number) => Promise<void>;
}

/** The shortest time between a look that found nothing and the next, so that another machine's clock makes no busy loop. */
const SHORTEST_SLEEP_MS = 5;

export function startPerformer(
  { store, clock, logger }: EngineHost,
  { leases, shares, findApp, perform }: Hands,
  { concurrency, mostWaiting, pollMs }: PerformerOptions,
): Performer {
  const closing = new AbortController();
  const { signal } = closing;
  let wasPoked = false;
  let looking: Promise<void> | undefined;
  let cancelSleep: (() => void) | undefined;

  const poke = () => {
    wasPoked = true;
    if (!signal.aborted) looking ??= look();
  };

  const workWithin = async (app: string, entry: OutboxEntry) => {
    const task = (putOffMs?: number) => perform(entry, putOffMs);
    const putOffMs = await leases.work(entry, () => shares.within(app, task));
    if (putOffMs !== undefined) shares.noteAway(app, entry.id, putOffMs);
  };

  const work = async (entry: OutboxEntry, app: string | undefined) => {
    if (app === undefined) await leases.work(entry, () => perform(entry));
    else await workWithin(app, entry);
    poke();
  };

  const room = () => Math.min(concurrency - leases.size, mostWaiting - shares.waiting);

  /** @returns whether more may be due that there is room for */
  const takeUp = async () => {
    const limit = room();
    if (limit <= 0) return false;
    // Before and not beside the taking: what is under our lease again must not be given back.
    await leases.giveBack(shares.takeRecalled());
    const entries = await leases.take(limit);
    const apps = await Promise.all(entries.map(findApp));
    if (signal.aborted) await leases.giveBack(entries.map(({ id }) => id));
    else for (const [n, entry] of entries.entries()) void work(entry, apps[n]);
    return entries.length === limit;
  };

  const sleep = (milliseconds: number) => {
    cancelSleep?.();
    if (!signal.aborted) cancelSleep = clock.after(milliseconds, poke);
  };

  const sleepUntilDue = async () => {
    const next = room() > 0 ? await store.nextDueAt() : null;
    const wait = Math.max(SHORTEST_SLEEP_MS, (next ?? Infinity) - clock.now());
    sleep(Math.min(wait, pollMs));
  };

  const takeUpAll = async () => {
    while (wasPoked && !signal.aborted) {
      wasPoked = false;
      if (await takeUp()) wasPoked = true;
    }
  };

  const look = async () => {
    try {
      await takeUpAll();
      await sleepUntilDue();
    } catch (err) {
      logger.warn({ err }, "due work could not be read; it will be looked for again");
      wasPoked = false;
      sleep(pollMs);
    }
    looking = undefined;
    if (wasPoked) poke();
  };

  poke();
  return {
    poke,
    async close() {
      closing.abort();
      cancelSleep?.();
      shares.close();
      await looking;
      await leases.close();
      await leases.giveBack(shares.takeRecalled());
    },
  };
}
