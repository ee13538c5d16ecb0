import type { EngineHost, OutboxEntry } from "@loom/core";
import type { Leases } from "./leases.ts";

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
  /** The longest time between two looks, for what other processes left. */
  readonly pollMs: number;
}

/** The shortest time between a look that found nothing and the next, so that another machine's clock makes no busy loop. */
const SHORTEST_SLEEP_MS = 5;

export function startPerformer(
  { store, clock, logger }: EngineHost,
  leases: Leases,
  { concurrency, pollMs }: PerformerOptions,
  perform: (entry: OutboxEntry) => Promise<void>,
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

  const work = async (entry: OutboxEntry) => {
    await leases.work(entry, () => perform(entry));
    poke();
  };

  /** @returns whether more may be due that there is room for */
  const takeUp = async () => {
    const room = concurrency - leases.size;
    if (room <= 0) return false;
    const entries = await leases.take(room);
    if (signal.aborted) await leases.giveBack(entries);
    else for (const entry of entries) void work(entry);
    return entries.length === room;
  };

  const sleep = (milliseconds: number) => {
    cancelSleep?.();
    if (!signal.aborted) cancelSleep = clock.after(milliseconds, poke);
  };

  const sleepUntilDue = async () => {
    const next = leases.size < concurrency ? await store.nextDueAt() : null;
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
      await looking;
      await leases.close();
    },
  };
}
