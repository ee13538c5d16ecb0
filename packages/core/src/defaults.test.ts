import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "./defaults.ts";

const DAY_MS = 86_400_000;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("a timer longer than runtimes can hold fires when it is due and not before", () => {
  const task = vi.fn<() => void>();
  systemClock.after(60 * DAY_MS, task);
  vi.advanceTimersByTime(60 * DAY_MS - 1);
  expect(task).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(task).toHaveBeenCalledTimes(1);
});

test("a long timer can be called off in any part of its wait", () => {
  const task = vi.fn<() => void>();
  const callOff = systemClock.after(60 * DAY_MS, task);
  vi.advanceTimersByTime(50 * DAY_MS);
  callOff();
  vi.advanceTimersByTime(50 * DAY_MS);
  expect(task).not.toHaveBeenCalled();
});
