import type { MigrationManifest } from "@loom/core";
import type { RunCommand, RunEvent, RunState } from "@loom/core/run";
import { advanceRun, progressOf, startRun } from "@loom/core/run";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesOf, createRoom, isRoomForInputs, MOST_INPUT_BYTES } from "./room.ts";

const at = "2026-01-01T00:00:00.000Z";
const STEPS = ["first", "second", "third"];
const MANIFEST: MigrationManifest = {
  migrationId: "m",
  runId: "m__one",
  attempt: 1,
  candidate: { id: "one" },
  steps: STEPS.map((name) => ({ name, compensable: true })),
  inputs: { version: "1" },
};
const BOUNDS = { inputBytes: 100, stepBytes: 3_000 };
/** What a step takes of which nothing is kept but how it stands: a note, and errors that were cut. */
const SLACK_BYTES = 6_000;

const call = fc.record({
  attempt: fc.constant(1),
  kind: fc.constantFrom("do" as const, "do" as const, "undo" as const),
  step: fc.constantFrom(...STEPS),
  number: fc.integer({ min: 1, max: 3 }),
});
const text = fc.string({ unit: "binary", maxLength: 2_000, size: "max" });
const map = fc.dictionary(fc.string({ maxLength: 8 }), text, { maxKeys: 4, noNullPrototype: true });
const event: fc.Arbitrary<RunEvent> = fc.oneof(
  fc.record(
    {
      type: fc.constant("step_reported" as const),
      call,
      at: fc.constant(at),
      status: fc.constantFrom("open" as const, "merged" as const, "failed" as const),
      metadata: map,
      error: text,
      eventId: fc.constantFrom("e1", "e2", "e3"),
    },
    { requiredKeys: ["type", "call", "at", "status"] },
  ),
  fc.record({
    type: fc.constant("dispatch_settled" as const),
    call,
    at: fc.constant(at),
    outcome: fc.constantFrom("accepted" as const, "accepted" as const, "refused" as const),
    error: text,
  }),
  fc.record({ type: fc.constant("retry_requested" as const), call, at: fc.constant(at) }),
  fc.record({
    type: fc.constant("cancel_requested" as const),
    attempt: fc.constant(1),
    at: fc.constant(at),
    compensate: fc.constant(true),
  }),
);
/** Mostly of the call that is current, so that runs come far. */
const events = fc.array(fc.tuple(event, fc.boolean()), { maxLength: 40 });

interface Course {
  readonly states: readonly RunState[];
  readonly commands: readonly RunCommand[];
}

type Advance = (state: RunState, event: RunEvent) => readonly [RunState, readonly RunCommand[]];

function courseOf(given: readonly (readonly [RunEvent, boolean])[], advance: Advance): Course {
  const [first, firstCommands] = startRun(MANIFEST, at);
  const states = [first];
  const commands = [...firstCommands];
  for (const [each, isOfCurrent] of given) {
    const state = states.at(-1) ?? first;
    const current = state.inFlight?.call;
    const isMovable = isOfCurrent && current && "call" in each;
    const [next, more] = advance(state, isMovable ? { ...each, call: current } : each);
    states.push(next);
    commands.push(...more);
  }
  return { states, commands };
}

function bounded(mayGiveWay = true): Advance {
  const room = createRoom(BOUNDS);
  return (state, each) => room.advance(state, each, () => mayGiveWay);
}

const machine: Advance = (state, each) => {
  const [next, commands] = advanceRun(state, each);
  return [next, commands];
};

/** Which way a run goes, without what was reported on it. */
function wayOf({ states, commands }: Course) {
  return {
    stands: states.map(({ phase, outcome, steps, compensations }) => [
      phase,
      outcome,
      ...[...steps, ...compensations].map(({ step, number, facts }) => [
        step,
        number,
        facts.terminal?.status,
        facts.latest,
        facts.settled?.outcome,
      ]),
    ]),
    commands: commands.map(({ type, id }) => `${type} ${id}`),
  };
}

describe("the room of a run", () => {
  test("changes nothing about which way the run goes", () => {
    fc.assert(
      fc.property(events, (given) => {
        expect(wayOf(courseOf(given, bounded()))).toEqual(wayOf(courseOf(given, machine)));
      }),
    );
  });

  test("is all that the steps of the run take, but for how they stand", () => {
    fc.assert(
      fc.property(events, (given) => {
        const last = courseOf(given, bounded()).states.at(-1);
        const size = last ? bytesOf(progressOf(last)) : 0;
        expect(size).toBeLessThan(BOUNDS.stepBytes + 2 * STEPS.length * SLACK_BYTES);
      }),
    );
  });

  test("is no bound for a history that began without one", () => {
    fc.assert(
      fc.property(events, (given) => {
        expect(courseOf(given, bounded(false))).toEqual(courseOf(given, machine));
      }),
    );
  });

  test("comes to the same for a run that is continued elsewhere at any moment", () => {
    fc.assert(
      fc.property(events, (given) => {
        const carried: Advance = (state, each) =>
          bounded()(JSON.parse(JSON.stringify(state)) as RunState, each);
        expect(courseOf(given, carried)).toEqual(courseOf(given, bounded()));
      }),
    );
  });

  test("takes all of a report that fits, and says of one that does not what is missing", () => {
    const reported = (metadata: Record<string, string>): RunEvent => ({
      type: "step_reported",
      call: { attempt: 1, kind: "do", step: "first", number: 1 },
      at,
      status: "open",
      metadata,
    });
    const [state] = startRun(MANIFEST, at);
    const metadataAfter = (metadata: Record<string, string>) =>
      bounded()(state, reported(metadata))[0].steps[0]?.metadata;
    const fitting = { prUrl: "u", log: "x".repeat(2_500) };
    expect(metadataAfter(fitting)).toEqual(fitting);
    const note = expect.stringContaining("left out");
    expect(metadataAfter({ prUrl: "u", log: "x".repeat(3_000) })).toEqual({
      prUrl: "u",
      "loom:note": note,
    });
    const many = Array.from({ length: 4 }, (_, n) => [`k${n}`, "x".repeat(900)]);
    expect(metadataAfter(Object.fromEntries(many))).toEqual({ "loom:note": note });
  });

  test("is for inputs apart: those that do not fit are not taken", () => {
    const [state] = startRun(MANIFEST, at);
    const inputsAfter = (version: string) =>
      bounded()(state, { type: "inputs_updated", attempt: 1, at, inputs: { version } })[0].inputs;
    expect(inputsAfter("2")).toEqual({ version: "2" });
    expect(inputsAfter("2".repeat(100))).toEqual({ version: "1" });
  });

  test("is counted in bytes as they are sent", () => {
    const around = bytesOf({ a: "" });
    const letters = "é".repeat((MOST_INPUT_BYTES - around) / 2);
    expect(isRoomForInputs({ a: letters })).toBe(true);
    expect(isRoomForInputs({ a: `${letters}x` })).toBe(false);
  });
});
