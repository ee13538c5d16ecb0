import { describe, expect, test } from "vitest";
import { complaintOf, isReplay, play, seedsOf } from "./play.ts";
import { createSituations } from "./situations.ts";

/** Enough complaints to see what they have in common. */
const MOST_COMPLAINTS = 3;
/** Seeds among which everything has happened, many times over. */
const SEEDS_FOR_ALL = 500;

/** The tests of every other seed; one file of tests each, for one processor each. */
export function describeHalf(half: "even" | "odd"): void {
  const seeds = seedsOf(half);

  describe("Looms in several processes over one store, all of which fails now and then", () => {
    test(`keep every law, with every ${half} seed`, { timeout: limitOf(seeds) }, async () => {
      const complaints: string[] = [];
      const situations = createSituations();
      for (const seed of seeds) {
        const outcome = await play(seed);
        situations.see(outcome.trace);
        if (isReplay) process.stdout.write(`${outcome.trace.join("\n")}\n`);
        const complaint = complaintOf(seed, outcome);
        if (complaint !== undefined) complaints.push(complaint);
        if (complaints.length === MOST_COMPLAINTS) break;
      }
      expect(complaints.join("\n\n")).toBe("");
      expect(seeds.length < SEEDS_FOR_ALL ? [] : situations.missing()).toEqual([]);
    });
  });
}

/** A limit is for what hangs, in milliseconds. */
function limitOf(seeds: readonly number[]): number {
  return 60_000 + 500 * seeds.length;
}
