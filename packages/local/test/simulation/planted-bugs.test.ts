import { describe, expect, test } from "vitest";
import { PLANTED_BUGS } from "./planted-bugs.ts";
import { complaintOf, play } from "./play.ts";

/** Most are caught within ten seeds; the rarest within some hundred. */
const SEEDS = 2_000;
/** A limit is for what hangs. */
const LIMIT_MS = 300_000;

describe("a simulation notices", () => {
  for (const [bug, plant] of Object.entries(PLANTED_BUGS))
    test(`that ${bug}`, { timeout: LIMIT_MS }, async () => {
      let complaint: string | undefined;
      for (let seed = 0; seed < SEEDS && complaint === undefined; seed++)
        complaint = complaintOf(seed, await play(seed, plant));
      expect(complaint).toMatch(/^Seed \d+ broke a law: /);
    });
});

test("whoever sees a broken law is told how to see it again", async () => {
  const plant = PLANTED_BUGS["a call has another id with each try"];
  const complaint = complaintOf(0, await play(0, plant));
  expect(complaint).toContain("LOOM_SEED=0 npm test -- simulation");
  expect(complaint).toContain("VIOLATION");
});

test("the same seed gives the same trace, line by line, and another seed another", async () => {
  const [first, again, other] = [await play(11), await play(11), await play(12)];
  expect(again.trace).toEqual(first.trace);
  expect(first.trace.length).toBeGreaterThan(50);
  expect(other.trace).not.toEqual(first.trace);
});
