import type { Host } from "./host.ts";

/** Work that is looked for: at once when something happens, and when something is due. */
export interface Pump {
  wake(): void;
  /** Looks for no more work; resolves when the look under way is over. */
  close(): Promise<void>;
}

const AFTER_FAILURE_MS = 1_000;
const SHARED_POLL_MS = 1_000;
const SOON_MS = 10;
const CROWDED_MS = 1_000;

/**
 * @param takeUp begins what is due, as far as there is room
 * @param isBusy whether something is under way whose end wakes the pump
 */
export function createPump(host: Host, takeUp: () => Promise<void>, isBusy: () => boolean): Pump {
  let running: Promise<void> | undefined;
  let isAgain = false;
  let isClosed = false;
  let cancelTimer = () => undefined as void;

  const look = async () => {
    try {
      do {
        isAgain = false;
        await takeUp();
      } while (isAgain && !isClosed);
      await sleep();
    } catch (error) {
      host.logger.error({ err: error }, "the migrator's store did not answer; it is asked again");
      wakeAfter(AFTER_FAILURE_MS);
    }
  };
  const sleep = async () => {
    const dueAt = (await host.store.nextDueAt()) ?? Infinity;
    const ms = Math.min(dueAt - host.clock.now(), host.store.shared ? SHARED_POLL_MS : Infinity);
    // What is due already, and was not taken, waits for room: the end of something under way wakes us. What is due after
    // it is not known, and must not wait for that: reports do not need the room of handlers.
    const crowded = ms <= 0 && isBusy();
    if (ms < Infinity) wakeAfter(crowded ? CROWDED_MS : Math.max(ms, SOON_MS));
  };
  const wakeAfter = (ms: number) => {
    cancelTimer();
    if (!isClosed) cancelTimer = host.clock.after(ms, wake);
  };
  const wake = () => {
    isAgain = true;
    if (isClosed || running) return;
    cancelTimer();
    running = look().finally(() => {
      running = undefined;
      if (isAgain) wake();
    });
  };
  return {
    wake,
    async close() {
      isClosed = true;
      cancelTimer();
      await running;
    },
  };
}
