import type { Clock } from "@loom/core";
import { millisecondsOf } from "./test-migration-duration.ts";

/** A clock that stands still until a test moves it. */
export interface VirtualClock extends Clock {
  /** Moves on, running what falls due on the way in its order, each at its own time; and lets what that began go on. @throws TypeError for no time, or one that goes back */
  advance(milliseconds: number): Promise<void>;
}

interface Timer {
  readonly at: number;
  readonly task: () => void;
}

/**
 * A clock for whatever takes a `Clock`: time stands still until `advance` moves it, and timers fire only then.
 *
 * @param start the first moment, in milliseconds since the epoch
 * @param rest lets everything that needs no further time go on, and resolves when it has
 */
export function createVirtualClock(
  start = Date.UTC(2030, 0, 1),
  rest: () => Promise<void> = settled,
): VirtualClock {
  const timers = new Set<Timer>();
  let now = start;

  const nextUntil = (end: number) =>
    [...timers].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];

  return {
    now: () => now,
    after(milliseconds, task) {
      const timer = { at: now + milliseconds, task };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(milliseconds) {
      const end = now + millisecondsOf(milliseconds);
      await rest();
      for (let timer = nextUntil(end); timer; timer = nextUntil(end)) {
        timers.delete(timer);
        now = Math.max(now, timer.at);
        timer.task();
        await rest();
      }
      now = end;
    },
  };
}

/** Lets everything that needs no further time go on: some turns of the event loop, for chains of promises and of I/O. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resume) => setImmediate(resume));
}
