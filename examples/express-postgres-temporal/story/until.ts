import { setTimeout as pause } from "node:timers/promises";

const POLL_MILLIS = 50;
/** For what hangs, not for what a busy machine does slowly. */
const PATIENCE_MILLIS = 300_000;

/** Waits until it is so. @throws Error that says what never came */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MILLIS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}.`);
    await pause(POLL_MILLIS);
  }
}
