import type { MigrationManifest } from "@loom/core";
import { advanceRun, type RunEvent, type RunState, startRun } from "@loom/core/run";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ACCEPTED, createWorld, DOWN, reported, retried, type World } from "./engine-world.ts";

const STEPS = ["a", "b", "c", "d", "e"].map((name) => ({ name }));
const EVENTS_PER_CALL = 1_250;
const AT = "2030-01-01T00:00:00.000Z";

describe("a storm of events", () => {
  test("of 10,000 from many callers ends in the state of the machine", async () => {
    const world = await createWorld();
    const engine = await world.open();
    const run = await world.claim("one", STEPS);
    await engine.startRun(run);
    const storms = [];
    // The first three steps fail once and are retried: eight calls in all.
    const calls = STEPS.flatMap(({ name }, n) =>
      n < 3
        ? [
            [name, 1],
            [name, 2],
          ]
        : [[name, 1]],
    );
    for (const [n, [step, number]] of calls.entries()) {
      await world.clock.advance(10);
      expect(world.calls.length).toBe(n + 1);
      const isRetried = calls.some(
        ([other, next]) => other === step && Number(next) > Number(number),
      );
      const storm = stormOf(String(step), Number(number), isRetried ? "failed" : "merged", n);
      await Promise.all(storm.map((event) => engine.raiseEvent(run.runId, 1, event)));
      storms.push(storm);
      if (isRetried) await engine.raiseEvent(run.runId, 1, retried(String(step), Number(number)));
    }
    const progress = (await world.store.getRun({ ...run, candidateId: "one" }))?.progress;
    expect(storms.flat().length).toBe(10_000);
    expect(progress?.steps.map(outlineOf)).toEqual(modelOf(run, storms).map(outlineOf));
    expect(await world.store.loadRun(run.runId, 1)).toBe(null);
    const { items } = await world.store.listHistory(run.migrationId, { limit: 50 });
    expect(items.filter(({ action }) => action === "complete").length).toBe(1);
  }, 30_000);

  test("of runs in two engines makes no call twice at once, nor too often, and ends each run once", async () => {
    const outcomes = fc.constantFrom(ACCEPTED, ACCEPTED, DOWN, {
      type: "refused",
      error: "no",
    } as const);
    const call = fc.record({ outcome: outcomes, takes: fc.nat(90_000) });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 30 }), async (script) => {
        const world = await createWorld();
        const most = overlaps(world, script);
        const engines = [await world.open(), await world.open({ concurrency: 2 })];
        const runs = await Promise.all(
          ["x", "y", "z"].map((id) => world.claim(id, STEPS.slice(0, 2))),
        );
        for (const run of runs) await Promise.all(engines.map((each) => each.startRun(run)));
        await driveOn(world, runs, engines);
        expect(most()).toBe(1);
        for (const { dispatchId } of world.calls) {
          const tries = world.calls.filter((each) => each.dispatchId === dispatchId);
          expect(tries.length).toBeLessThanOrEqual(8);
        }
        const { items } = await world.store.listHistory("charts", { limit: 500 });
        expect(items.filter(({ action }) => action === "complete").length).toBe(runs.length);
      }),
      { numRuns: 30 },
    );
  }, 60_000);
});

/** Events on a call: one that ends it, many that do not, and many that are stale or doubled; in random order. */
function stormOf(step: string, number: number, end: "failed" | "merged", seed: number): RunEvent[] {
  const noise = fc.oneof(
    fc.constantFrom(reported(step, "open", number), reported(step, "awaiting_review", number)),
    fc.constantFrom(
      reported(step, end, number + 7),
      reported("z", "failed"),
      retried(step, number + 3),
    ),
  );
  const length = EVENTS_PER_CALL - 3;
  const [storm = []] = fc.sample(
    fc.array(noise, { minLength: length, maxLength: length }).chain((events) => {
      const ends = Array.from({ length: 3 }, () => reported(step, end, number));
      return fc.shuffledSubarray([...events, ...ends], { minLength: EVENTS_PER_CALL });
    }),
    { seed, numRuns: 1 },
  );
  return storm;
}

type StepOutline = {
  readonly stepName: string;
  readonly status: string;
  readonly stepAttempt: number;
};

function outlineOf({ stepName, status, stepAttempt }: StepOutline): StepOutline {
  return { stepName, status, stepAttempt };
}

/** The same facts, one after another, by the machine alone. */
function modelOf(run: MigrationManifest, storms: readonly RunEvent[][]): readonly StepOutline[] {
  let [state] = startRun(run, AT);
  for (const storm of storms) {
    for (const event of [settled(state), ...storm]) [state] = advanceRun(state, event);
    const last = state.steps.at(-1);
    if (last?.facts.terminal?.status === "failed")
      [state] = advanceRun(state, retried(last.step, last.number));
  }
  return state.steps.map(({ step, number, facts }) => {
    return { stepName: step, status: facts.terminal?.status ?? "", stepAttempt: number };
  });
}

function settled({ inFlight, manifest }: RunState): RunEvent {
  const call = inFlight?.call ?? { attempt: manifest.attempt, kind: "do", step: "", number: 0 };
  return { type: "dispatch_settled", call, outcome: "accepted", at: AT };
}

/** Answers calls by a script, over and over, and counts how many of one dispatch id were ever under way at once. */
function overlaps(
  world: World,
  script: readonly { readonly outcome: typeof ACCEPTED; readonly takes: number }[],
): () => number {
  const underWay = new Map<string, number>();
  let most = 0;
  world.answer(async ({ dispatchId }) => {
    const { outcome, takes } = script[(world.calls.length - 1) % script.length] ?? {
      outcome: ACCEPTED,
      takes: 0,
    };
    const now = (underWay.get(dispatchId) ?? 0) + 1;
    underWay.set(dispatchId, now);
    most = Math.max(most, now);
    await new Promise<void>((resume) => world.clock.after(takes, resume));
    underWay.set(dispatchId, now - 1);
    return outcome;
  });
  return () => most;
}

/** Reports every step done once its call was taken, whatever came of it. */
async function driveOn(
  world: World,
  runs: readonly MigrationManifest[],
  engines: Awaited<ReturnType<World["open"]>>[],
): Promise<void> {
  for (const { name } of STEPS.slice(0, 2)) {
    await world.clock.advance(1_200_000);
    for (const { runId } of runs)
      await Promise.all(
        engines.map((each) => each.raiseEvent(runId, 1, reported(name, "completed"))),
      );
  }
  await world.clock.advance(1_200_000);
}
