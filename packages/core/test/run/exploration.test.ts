import { describe, expect, test } from "vitest";
import { plan } from "./events.ts";
import type { Alphabet } from "./explore.ts";
import { eventsFor, explore } from "./explore.ts";

const step = (name: string, compensable = false) => ({ name, compensable, timeoutSeconds: 60 });
const terminal: Alphabet = {
  statuses: ["completed", "failed"],
  outcomes: ["accepted"],
  numbers: 2,
};
const full: Alphabet = {
  statuses: ["open", "completed", "failed"],
  outcomes: ["accepted", "refused"],
  numbers: 2,
};

/** The least that each has to look at, so that none can pass by looking at nothing. */
const cases = [
  { title: "no step", steps: [], alphabet: full, states: 1, transitions: 5 },
  {
    title: "one step to undo",
    steps: [step("a", true)],
    alphabet: full,
    states: 29_000,
    transitions: 900_000,
  },
  {
    title: "two steps to undo",
    steps: [step("a", true), step("b", true)],
    alphabet: terminal,
    states: 67_000,
    transitions: 2_700_000,
  },
  {
    title: "three steps",
    steps: [step("a"), step("b"), step("c")],
    alphabet: terminal,
    states: 6700,
    transitions: 216_000,
  },
  {
    title: "three steps to undo, without retries",
    steps: [step("a", true), step("b", true), step("c", true)],
    alphabet: { ...terminal, numbers: 1 },
    states: 5000,
    transitions: 149_000,
  },
  {
    title: "three steps of which the second is never undone",
    steps: [step("a", true), step("b"), step("c", true)],
    alphabet: { ...terminal, numbers: 1 },
    states: 2400,
    transitions: 60_000,
  },
];

describe("every state that any order of events leads to obeys the laws and leads to an end", {
  timeout: 120_000,
}, () => {
  test.each(cases)("with $title", ({ steps, alphabet, states, transitions }) => {
    const manifest = plan(...steps);
    const explored = explore(manifest, eventsFor(manifest, alphabet));
    expect(explored.states).toBeGreaterThanOrEqual(states);
    expect(explored.transitions).toBeGreaterThanOrEqual(transitions);
    expect(explored.finished).toBeGreaterThan(0);
  });
});
