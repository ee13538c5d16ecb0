import { expect, test } from "vitest";
import { HOT_TIMEOUT, hotLoad, moveHotCandidates } from "../../../test/stores/hot-candidates.ts";
import { createMemoryStore } from "../src/index.ts";

test("many clients on a few hot candidates lose and double no change", {
  timeout: HOT_TIMEOUT,
}, async () => {
  const load = hotLoad(250);
  const report = await moveHotCandidates([createMemoryStore()], "hot", load);
  expect(report).toEqual({ won: report.won, moves: report.won, lines: report.won, doubled: 0 });
  expect(report.won).toBeGreaterThan(load.candidates);
});
