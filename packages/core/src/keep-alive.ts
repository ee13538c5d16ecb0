import { LONGEST_TIMEOUT_MS, platform } from "./platform.ts";

/** Does the work, and keeps the process alive until it is over. */
export type KeepAlive = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * The clock's timers keep no process alive, for most of them are periodic. A script that waits for an answer must get it all
 * the same, also when that comes after a pause, such as one before Loom asks again.
 */
export function createKeepAlive(): KeepAlive {
  let underWay = 0;
  let hold: unknown;
  return async (work) => {
    if (underWay++ === 0) hold = platform.setTimeout(() => undefined, LONGEST_TIMEOUT_MS);
    try {
      return await work();
    } finally {
      if (--underWay === 0) platform.clearTimeout(hold);
    }
  };
}
