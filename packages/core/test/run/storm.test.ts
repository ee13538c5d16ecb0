import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cancelled, plan } from "./events.ts";
import type { Host } from "./host.ts";
import { createHost, leadToEnd } from "./host.ts";
import { noisyMoves, play } from "./moves.ts";
import { seed } from "./seed.ts";

const COUNT = 10_000;
const manifest = plan(
  ...Array.from({ length: 200 }, (_, index) => ({
    name: `step${index}`,
    compensable: true,
    ...(index % 3 === 0 && { timeoutSeconds: 60 }),
  })),
);

/** One value of an arbitrary, the same for the same seed. */
function one<T>(arbitrary: fc.Arbitrary<T>): T {
  const [value] = fc.sample(arbitrary, { seed, numRuns: 1 });
  if (value === undefined) throw new Error("nothing to sample");
  return value;
}

function expectBusy(host: Host): void {
  expect(host.log).toHaveLength(COUNT);
  expect(host.model.dispatched().length).toBeGreaterThan(100);
  expect(host.state().phase).not.toBe("finished");
}

describe("10,000 events for one run in random order, doubled, stale and early ones among them", {
  timeout: 60_000,
}, () => {
  test("end in the model's state", () => {
    const host = play(manifest, one(noisyMoves(COUNT)));
    expectBusy(host);
    host.checkWhole();
    leadToEnd(host);
    host.checkWhole();
    expect(host.state().outcome).toBe("completed");
  });

  test("end in the model's state when the run is cancelled among them", () => {
    const made = one(noisyMoves(COUNT - 1));
    const host = play(manifest, made.slice(0, COUNT * 0.7));
    host.take(cancelled({ compensate: true }));
    play(manifest, made.slice(COUNT * 0.7), host);
    expectBusy(host);
    host.checkWhole();
    leadToEnd(host);
    host.checkWhole();
    expect(host.state().outcome).toBe("cancelled");
  });

  test("end in the model's state however they are shuffled", () => {
    const { log } = play(manifest, one(noisyMoves(COUNT)));
    const host = createHost(manifest);
    const order = one(fc.shuffledSubarray([...log], { minLength: COUNT }));
    for (const event of order) host.take(event);
    host.checkWhole();
    expect(host.log).toHaveLength(COUNT);
  });
});
