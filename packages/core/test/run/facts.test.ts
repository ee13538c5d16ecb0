import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StepStatus } from "../../src/domain/step.ts";
import type { RunEvent } from "../../src/run/events.ts";
import { advanceRun, startRun } from "../../src/run/index.ts";
import type { RunState } from "../../src/run/state.ts";
import { AT, cancelled, plan, shortName } from "./events.ts";
import type { CallScript, Fact, Script } from "./script.ts";
import { factsOf, mayBeTold, promisedBy, promisedIn } from "./script.ts";
import { seed } from "./seed.ts";
import { checkTransition, insist, namesUsed } from "./transition-laws.ts";

const STEPS = ["a", "b", "c"];
const manifest = plan(...STEPS.map((name) => ({ name, compensable: true, timeoutSeconds: 60 })));

const call: fc.Arbitrary<CallScript> = fc
  .record({
    settlement: fc.oneof(
      {
        weight: 9,
        arbitrary: fc.constantFrom("accepted" as const, "refused" as const, "exhausted" as const),
      },
      { weight: 1, arbitrary: fc.constant(undefined) },
    ),
    isTimedOut: fc.boolean(),
    waiting: fc.array(fc.constantFrom<StepStatus>("open", "in_progress", "awaiting_review"), {
      maxLength: 2,
    }),
    terminal: fc.constantFrom<StepStatus[]>(
      [],
      ["failed"],
      ["completed"],
      ["merged"],
      ["completed"],
    ),
    isRetried: fc.boolean(),
  })
  .map(({ settlement, waiting, terminal, ...rest }) => ({
    ...rest,
    ...(settlement && { settlement }),
    reports: [...waiting, ...terminal],
  }));
const calls = fc.array(call, { minLength: 1, maxLength: 3 });
const byStep = fc.record({ a: calls, b: calls, c: calls });
const scripts: fc.Arbitrary<Script> = fc.record({ do: byStep, undo: byStep });
/** What decides the order, and where doubles and stale events are mixed in. */
const dice = fc.array(fc.nat({ max: 9999 }), { minLength: 20, maxLength: 150, size: "max" });

describe("the law of facts", { timeout: 60_000 }, () => {
  test("any order of the facts, doubled at will and mixed with stale ones, comes to what the facts say", () => {
    let ended = 0;
    const property = fc.property(scripts, dice, (script, rolls) => {
      const { state } = tell(begin(script.do), rolls);
      expect(promisedIn(state)).toEqual(promisedBy(manifest, script));
      ended += state.outcome ? 1 : 0;
    });
    fc.assert(property, { seed, numRuns: 5000 });
    expect(ended).toBeGreaterThan(250);
  });

  test("after a cancel any order of the rest comes to the same dispatches and the same finish", () => {
    let ended = 0;
    const property = fc.property(
      scripts,
      dice,
      dice,
      dice,
      fc.nat({ max: 40 }),
      (script, first, one, other, turns) => {
        const telling = tell(begin(script.do, script.undo), first, turns);
        const [state] = advanceRun(telling.state, cancelled({ compensate: true }));
        const [left, right] = [one, other].map((rolls) =>
          promisedIn(tell({ ...telling, state }, rolls).state),
        );
        expect(left).toEqual(right);
        ended += left?.outcome === "cancelled" ? 1 : 0;
      },
    );
    fc.assert(property, { seed, numRuns: 1500 });
    expect(ended).toBeGreaterThan(50);
  });
});

/** A run in the middle of being told its facts. */
interface Telling {
  readonly state: RunState;
  readonly told: readonly Fact[];
  readonly left: readonly Fact[];
}

function begin(doing: Script["do"], undoing: Script["undo"] = {}): Telling {
  return {
    state: startRun(manifest, AT)[0],
    told: [],
    left: factsOf({ do: doing, undo: undoing }),
  };
}

/** Tells the facts in an order that the rolls decide, until none is left that may be told or the turns are over. */
function tell(from: Telling, rolls: readonly number[], turns = Number.POSITIVE_INFINITY): Telling {
  let telling = from;
  for (let turn = 0; turn < turns; turn += 1) {
    const { state, told, left } = telling;
    const roll = rolls[turn % rolls.length] ?? 0;
    const open = left.filter((fact) => mayBeTold(fact, told, state));
    const next = open[roll % Math.max(open.length, 1)];
    if (!next) return telling;
    const rest = left.filter((fact) => fact !== next);
    const after = { state: take(state, next.event), told: [...told, next], left: rest };
    telling = { ...after, state: disturb(after, roll >> 4) };
  }
  return telling;
}

/** Mixes in a double of something told, one of another attempt, or one of a call that was not dispatched yet. */
function disturb({ state, told, left }: Telling, roll: number): RunState {
  const double = told[roll % told.length];
  if (!double || roll % 4 === 0) return state;
  if (roll % 4 === 1) return take(state, double.event);
  if (roll % 4 === 2) return takeInVain(state, ofOtherAttempt(double.event));
  const early = left.find(({ event }) => !namesUsed(state).includes(shortName(event.call)));
  return early ? takeInVain(state, early.event) : state;
}

function ofOtherAttempt(event: Fact["event"]): Fact["event"] {
  return { ...event, call: { ...event.call, attempt: event.call.attempt - 1 } };
}

function take(state: RunState, event: RunEvent): RunState {
  const transition = advanceRun(state, event);
  checkTransition(state, event, transition);
  return transition[0];
}

function takeInVain(state: RunState, event: RunEvent): RunState {
  const next = take(state, event);
  insist(next === state, "a stale event changes nothing");
  return next;
}
