import { platform } from "./platform.ts";
import type { Clock } from "./ports/clock.ts";
import type { Logger } from "./ports/logger.ts";

/** The clock of the machine. Its timers do not keep a process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, task) {
    const timer = platform.setTimeout(task, Math.min(milliseconds, LONGEST_TIMEOUT_MS));
    unref(timer);
    return () => platform.clearTimeout(timer);
  },
};

/** What is worth a person's attention goes to the console; the rest nowhere. */
export const consoleLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (fields, message) => platform.console.warn(`loom: ${message}`, fields),
  error: (fields, message) => platform.console.error(`loom: ${message}`, fields),
};

/** Runtimes fire a longer timeout at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

function unref(timer: unknown): void {
  if (typeof timer === "object" && timer !== null && "unref" in timer)
    (timer as { unref(): void }).unref();
}
