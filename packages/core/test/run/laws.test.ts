import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { advanceRun, startRun } from "../../src/run/index.ts";
import type { RunState } from "../../src/run/state.ts";
import { AT } from "./events.ts";
import { createHost, leadToEnd } from "./host.ts";
import { moves, plans, play } from "./moves.ts";
import { seed } from "./seed.ts";

describe("any run", { timeout: 60_000 }, () => {
  test("does what the model says and breaks no law, and can be led to its end", () => {
    const ends = { completed: 0, cancelled: 0 };
    const property = fc.property(plans, moves, (manifest, made) => {
      const host = play(manifest, made);
      host.checkWhole();
      leadToEnd(host);
      host.checkWhole();
      ends[host.state().outcome ?? "cancelled"] += 1;
    });
    fc.assert(property, { seed, numRuns: 10_000 });
    expect(Math.min(ends.completed, ends.cancelled)).toBeGreaterThan(1000);
  });

  test("comes to the same state and commands when its log is replayed", () => {
    const property = fc.property(plans, moves, (manifest, made) => {
      const host = play(manifest, made);
      const again = createHost(manifest);
      for (const event of host.log) again.take(event);
      expect(again.state()).toEqual(host.state());
      expect(again.performed).toEqual(host.performed);
    });
    fc.assert(property, { seed, numRuns: 500 });
  });

  test("goes on the same after its state was written as JSON and read, at any point", () => {
    const property = fc.property(plans, moves, (manifest, made) => {
      const { log, performed, state } = play(manifest, made);
      let [restored, commands] = startRun(manifest, AT);
      const all = [...commands];
      for (const event of log) {
        [restored, commands] = advanceRun(throughJson(restored), event);
        all.push(...commands);
      }
      expect(restored).toStrictEqual(state());
      expect(all).toStrictEqual(performed);
    });
    fc.assert(property, { seed, numRuns: 500 });
  });
});

function throughJson(state: RunState): RunState {
  const text = JSON.stringify(state);
  const read: RunState = JSON.parse(text);
  expect(read).toStrictEqual(state);
  return read;
}
