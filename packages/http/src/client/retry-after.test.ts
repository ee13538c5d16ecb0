import { expect, test } from "vitest";
import { retryAfterMs } from "./retry-after.ts";

const NOW = Date.parse("2026-03-01T12:00:00Z");

test.each<[string | string[] | undefined, number | undefined]>([
  ["7", 7_000],
  [" 7 ", 7_000],
  ["0", 0],
  [["3", "9"], 3_000],
  ["Sun, 01 Mar 2026 12:00:30 GMT", 30_000],
  ["Sun, 01 Mar 2026 11:00:00 GMT", 0],
  ["86401", 86_401_000],
  ["Tue, 03 Mar 2026 12:00:00 GMT", 172_800_000],
  ["soon", undefined],
  ["", undefined],
  [undefined, undefined],
])("reads %j as %j milliseconds", (header, expected) => {
  expect(retryAfterMs(header, NOW)).toBe(expected);
});
