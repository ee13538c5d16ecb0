import { describe, expect, test } from "vitest";
import type { MigrationManifest } from "../../src/domain/manifest.ts";
import type { StepStatus } from "../../src/domain/step.ts";
import type { DispatchOutcome } from "../../src/run/events.ts";
import { cancelled, plan } from "./events.ts";
import { everyOrder } from "./orders.ts";
import type { CallScript, Script } from "./script.ts";
import { promisedBy } from "./script.ts";

const step = (name: string) => ({ name, compensable: true, timeoutSeconds: 60 });
const OUTCOMES: readonly DispatchOutcome[] = ["accepted", "exhausted"];
const ENDS: readonly StepStatus[][] = [[], ["completed"], ["failed"]];
const REPORTS: readonly StepStatus[][] = [
  ...ENDS,
  ["open"],
  ["open", "completed"],
  ["open", "failed"],
];
const DONE: CallScript = {
  settlement: "accepted",
  isTimedOut: false,
  reports: ["completed"],
  isRetried: false,
};

/** All that may become known of one call. */
function callsWith(reports: readonly StepStatus[][], retries: readonly boolean[]): CallScript[] {
  return OUTCOMES.flatMap((settlement) =>
    [false, true].flatMap((isTimedOut) =>
      reports.flatMap((said) =>
        retries.map((isRetried) => ({ settlement, isTimedOut, reports: said, isRetried })),
      ),
    ),
  );
}

const anyCall = callsWith(REPORTS, [false]);
const anyRetried = callsWith(REPORTS, [true]);
const anyEnded = callsWith(ENDS, [false]);
const anyUndo = callsWith(ENDS, [false, true]);
const undo = cancelled({ compensate: true });
const giveUp = cancelled({ compensate: false });
const one = plan(step("a"));
const two = plan(step("a"), step("b"));

/** How many orders of these facts there are; each has come to the end that the facts promise. */
function ordersOf(manifest: MigrationManifest, doing: Script["do"]): number {
  const script = { do: doing, undo: {} };
  const { ends, count } = everyOrder(manifest, script);
  expect([...ends]).toEqual([JSON.stringify(promisedBy(manifest, script))]);
  return count;
}

describe("every order of all that may become known", { timeout: 120_000 }, () => {
  test("of a step and of its retry comes to the one end that the facts promise", () => {
    const counts = anyRetried.flatMap((first) =>
      anyCall.map((second) => ordersOf(one, { a: [first, second] })),
    );
    expect(sum(counts)).toBeGreaterThan(40_000);
  });

  test("of two steps comes to the one end that the facts promise", () => {
    const counts = anyCall.flatMap((a) => anyCall.map((b) => ordersOf(two, { a: [a], b: [b] })));
    expect(sum(counts)).toBeGreaterThan(45_000);
  });

  test("of two steps and the retry of one comes to the one end that the facts promise", () => {
    const retriedOnce = callsWith(ENDS, [true]).flatMap((first) =>
      anyEnded.map((second) => [first, second]),
    );
    const counts = retriedOnce.flatMap((a) => anyEnded.map((b) => ordersOf(two, { a, b: [b] })));
    expect(sum(counts)).toBeGreaterThan(100_000);
  });

  test("of a step, its undoing and the retry of that comes to one end after a cancel", () => {
    const counts = anyEnded.flatMap((a) =>
      anyUndo.map((first) => {
        const script = { do: { a: [a] }, undo: { a: [first, DONE] } };
        return (
          everyOrder(one, script, [undo]).count + everyOrder(one, script, [undo, giveUp]).count
        );
      }),
    );
    expect(sum(counts)).toBeGreaterThan(500_000);
  });

  test("of two steps and their undoings comes to one end after a cancel", () => {
    const counts = anyEnded.flatMap((b) =>
      anyUndo.map((first) => {
        const script = { do: { a: [DONE], b: [b] }, undo: { b: [first, DONE], a: [DONE] } };
        return everyOrder(two, script, [undo]).count;
      }),
    );
    expect(sum(counts)).toBeGreaterThan(600_000);
  });
});

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
