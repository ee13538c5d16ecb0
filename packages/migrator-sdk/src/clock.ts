/** Milliseconds since the Unix epoch. */
export type EpochMilliseconds = number;

/** The only source of time, so that a test can own it. The same shape as the `Clock` of `@loom/core`. */
export interface Clock {
  /** The time now. */
  now(): EpochMilliseconds;
  /** Runs `task` once after `milliseconds`, unless the returned function is called first. Does not keep a process alive. */
  after(milliseconds: number, task: () => void): () => void;
}

/** Runtimes fire a longer timeout at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, task) {
    const timer = setTimeout(task, Math.min(milliseconds, LONGEST_TIMEOUT_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Resolves after `milliseconds`, or as soon as the signal aborts. */
export function pause(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(milliseconds, end);
    signal.addEventListener("abort", end);
  });
}

/** Waits for work that may never end. @returns whether it ended within `milliseconds` */
export function endsWithin(
  clock: Clock,
  milliseconds: number,
  work: Promise<unknown>,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(milliseconds, () => resolve(false));
    work.then(() => resolve(true), reject).finally(cancel);
  });
}
