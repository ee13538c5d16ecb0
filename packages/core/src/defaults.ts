import { LONGEST_TIMEOUT_MS, platform } from "./platform.ts";
import type { Clock } from "./ports/clock.ts";
import type { Logger } from "./ports/logger.ts";

/** The clock of the machine. Its timers do not keep a process alive. */
export const systemClock: Clock = { now: () => Date.now(), after };

/** What is worth a person's attention goes to the console; the rest nowhere. */
export const consoleLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (fields, message) => platform.console.warn(`loom: ${message}`, fields),
  error: (fields, message) => platform.console.error(`loom: ${message}`, fields),
};

/** What is longer than a runtime can wait is waited for in parts. */
function after(milliseconds: number, task: () => void): () => void {
  let timer: unknown;
  const wait = (left: number): void => {
    const part = Math.min(left, LONGEST_TIMEOUT_MS);
    timer = platform.setTimeout(() => (left > part ? wait(left - part) : task()), part);
    unref(timer);
  };
  wait(milliseconds);
  return () => platform.clearTimeout(timer);
}

function unref(timer: unknown): void {
  if (typeof timer === "object" && timer !== null && "unref" in timer)
    (timer as { unref(): void }).unref();
}
