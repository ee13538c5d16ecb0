import { describe, expect, test } from "vitest";
import { complaintOf, isReplay, play, SEEDS } from "./play.ts";
import { createSituations } from "./situations.ts";

/** Enough complaints to see what they have in common. */
const MOST_COMPLAINTS = 3;
/** Seeds among which everything has happened, many times over. */
const SEEDS_FOR_ALL = 500;
/** A limit is for what hangs, in milliseconds. */
const timeout = 60_000 + 500 * SEEDS.length;

describe("Looms in several processes over one store, all of which fails now and then", () => {
  test("keep every law with every seed", { timeout }, async () => {
    const complaints: string[] = [];
    const situations = createSituations();
    for (const seed of SEEDS) {
      const outcome = await play(seed);
      if (isReplay) process.stdout.write(`${outcome.trace.join("\n")}\n`);
      situations.see(outcome.trace);
      const complaint = complaintOf(seed, outcome);
      if (complaint !== undefined) complaints.push(complaint);
      if (complaints.length === MOST_COMPLAINTS) break;
    }
    expect(complaints.join("\n\n")).toBe("");
    expect(SEEDS.length < SEEDS_FOR_ALL ? [] : situations.missing()).toEqual([]);
  });
});
