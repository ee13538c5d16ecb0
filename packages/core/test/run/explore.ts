import { createHash } from "node:crypto";
import type { MigrationManifest } from "../../src/domain/manifest.ts";
import type { CallName } from "../../src/domain/run.ts";
import type { StepStatus } from "../../src/domain/step.ts";
import type { DispatchOutcome, RunEvent } from "../../src/run/events.ts";
import { advanceRun, startRun } from "../../src/run/index.ts";
import type { RunState } from "../../src/run/state.ts";
import { AT, cancelled, doing, fired, reported, retried, settled, undoing } from "./events.ts";
import { checkStart, checkTransition, insist } from "./transition-laws.ts";

/** What may happen to a call: small enough that everything can be tried. */
export interface Alphabet {
  readonly statuses: readonly StepStatus[];
  readonly outcomes: readonly DispatchOutcome[];
  /** Step-attempts up to this number. */
  readonly numbers: number;
}

/** What was looked at. */
export interface Explored {
  readonly states: number;
  readonly transitions: number;
  readonly finished: number;
}

/** Every event that can mean something to the plan, and some that mean nothing. */
export function eventsFor(manifest: MigrationManifest, alphabet: Alphabet): RunEvent[] {
  const numbers = Array.from({ length: alphabet.numbers }, (_, index) => index + 1);
  const names = manifest.steps.flatMap(({ name, compensable }) =>
    numbers.flatMap((number) => [
      doing(name, number),
      ...(compensable ? [undoing(name, number)] : []),
    ]),
  );
  return [
    ...names.flatMap((name) => eventsOf(name, alphabet)),
    cancelled(),
    cancelled({ compensate: true }),
    cancelled({ compensate: false }),
    reported(doing("elsewhere"), "completed"),
    reported({ ...doing("a"), attempt: 1 }, "completed"),
  ];
}

/**
 * Visits every state that the events can lead to, in every order and any number of times, and holds each transition
 * against the laws; then walks back from the ends to see that every live state leads to one.
 */
export function explore(manifest: MigrationManifest, events: readonly RunEvent[]): Explored {
  const started = startRun(manifest, AT);
  checkStart(started);
  const ids = new Map<string, number>([[keyOf(started[0]), 0]]);
  const states: RunState[] = [started[0]];
  const edges: Edges = { from: [], to: [] };
  for (let id = 0; id < states.length; id += 1) {
    const state = states[id];
    if (!state) break;
    for (const event of events) {
      const transition = advanceRun(state, event);
      checkTransition(state, event, transition);
      if (transition[0] === state) continue;
      edges.from.push(id);
      edges.to.push(visit(transition[0], ids, states));
    }
  }
  const finished = states.flatMap(({ phase }, id) => (phase === "finished" ? [id] : []));
  checkEnds(states, edges);
  return {
    states: states.length,
    transitions: states.length * events.length,
    finished: finished.length,
  };
}

/** Tells states apart by all that can matter later: not the manifest, which never changes, nor the number of the view. */
export function keyOf(whole: RunState): string {
  const state = { ...whole, manifest: undefined, sequence: undefined };
  return createHash("sha1")
    .update(JSON.stringify(canonical(state)))
    .digest("base64");
}

interface Edges {
  readonly from: number[];
  readonly to: number[];
}

function eventsOf(name: CallName, { statuses, outcomes, numbers }: Alphabet): RunEvent[] {
  return [
    ...statuses.map((status) => reported(name, status)),
    ...outcomes.map((outcome) => settled(name, outcome)),
    fired(name),
    ...(name.number < numbers ? [retried(name)] : []),
  ];
}

function visit(state: RunState, ids: Map<string, number>, states: RunState[]): number {
  const key = keyOf(state);
  const known = ids.get(key);
  if (known !== undefined) return known;
  ids.set(key, states.length);
  return states.push(state) - 1;
}

/** Every live state leads to an end, and every running one to completion, unless its last retry is spent. */
function checkEnds(states: readonly RunState[], edges: Edges): void {
  const ended = leadingTo(states, edges, ({ phase }) => phase === "finished");
  insist(
    states.every((_, id) => ended[id]),
    "every live state leads to an end",
  );
  const open = ({ outcome }: RunState) => outcome === "completed";
  const completing = leadingTo(states, edges, (state) => open(state) || isSpent(state));
  const isStuck = (state: RunState, id: number) => state.phase === "running" && !completing[id];
  insist(
    !states.some(isStuck),
    "every running state leads to completion or a failure without retries left",
  );
}

/** A failed report ended the last step-attempt that the events know. */
function isSpent({ steps }: RunState): boolean {
  const last = steps.at(-1);
  return last?.facts.terminal?.status === "failed";
}

function leadingTo(
  states: readonly RunState[],
  edges: Edges,
  isGoal: (state: RunState) => boolean,
): boolean[] {
  const before: number[][] = states.map(() => []);
  edges.to.forEach((to, edge) => before[to]?.push(edges.from[edge] ?? 0));
  const leads = states.map(isGoal);
  const open = leads.flatMap((isOne, id) => (isOne ? [id] : []));
  for (let id = open.pop(); id !== undefined; id = open.pop())
    for (const earlier of before[id] ?? [])
      if (!leads[earlier]) {
        leads[earlier] = true;
        open.push(earlier);
      }
  return leads;
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, part]) => [key, canonical(part)]);
}
