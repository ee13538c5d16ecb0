import { isDeepStrictEqual } from "node:util";
import type { CompensateStep, DispatchStep, RunCommand } from "../../src/run/command-types.ts";
import type { RunEvent } from "../../src/run/events.ts";
import type { Transition } from "../../src/run/index.ts";
import { progressOf, sameCall } from "../../src/run/index.ts";
import type { Advance, CallRecord, RunState } from "../../src/run/state.ts";
import { shortName } from "./events.ts";

const ANSWERS = ["accepted", "duplicate", "stale", "not_running"];

/** Throws when a law is broken. Cheap: it is asked millions of times. */
export function insist(holds: boolean, law: string | (() => string)): asserts holds {
  if (!holds) throw new Error(`broken law: ${typeof law === "string" ? law : law()}`);
}

/**
 * The laws of one transition, put so that they hold of every run by induction: the names used so far are told by
 * the state and only grow, so no name is used twice; only a finish leads out of the live states, so there is one.
 */
export function checkTransition(before: RunState, event: RunEvent, transition: Transition): void {
  const [after, commands, answer] = transition;
  insist(ANSWERS.includes(answer), `answer ${answer}`);
  if (answer === "duplicate" || answer === "stale" || before.phase === "finished")
    insist(after === before && commands.length === 0, `${answer} changes nothing`);
  if (before.phase === "finished") insist(answer === "not_running", "finished is not running");
  if (after === before) return insist(commands.length === 0, "no commands of an unchanged state");
  checkPhases(before, after);
  checkSlot(before, event, transition);
  checkCommands(before, after, commands);
}

/** The laws of a start: those of a transition from before the run. */
export function checkStart([state, commands]: Advance): void {
  const { inFlight: _, outcome: __, ...live } = state;
  checkCommands({ ...live, phase: "running", sequence: 0, steps: [] }, state, commands);
}

/** The names that the calls of a run have used so far. */
export function namesUsed(state: RunState): string[] {
  return [...state.steps, ...state.compensations].flatMap(namesOf);
}

/** The calls that these commands put in flight. */
export function dispatchesIn(commands: readonly RunCommand[]): (DispatchStep | CompensateStep)[] {
  return commands.filter(
    (command) => command.type === "dispatch_step" || command.type === "compensate_step",
  );
}

function namesOf({ kind, step, number, waiting }: CallRecord): string[] {
  const used = waiting ? number - 1 : number;
  return Array.from({ length: used }, (_, index) =>
    shortName({ attempt: 0, kind, step, number: index + 1 }),
  );
}

function checkPhases(before: RunState, after: RunState): void {
  const phases = ["running", "cancelling", "finished"];
  insist(phases.indexOf(after.phase) >= phases.indexOf(before.phase), "phases only go on");
  const isCancelled = after.outcome === "cancelled";
  insist((after.phase === "finished") === (after.outcome !== undefined), "finished has an outcome");
  if (after.outcome) insist(isCancelled === (after.cancel !== undefined), "only a cancel cancels");
}

/** A call in flight stays so until its own settlement, and that one always frees the slot. */
function checkSlot(before: RunState, event: RunEvent, [after, commands, answer]: Transition): void {
  const call = before.inFlight?.call;
  const isSettled =
    event.type === "dispatch_settled" && call !== undefined && sameCall(event.call, call);
  if (isSettled) insist(answer === "accepted", "the settlement of the call in flight is accepted");
  const isKept = !isSettled && call !== undefined;
  if (isKept) insist(after.inFlight?.call === call, "only its settlement ends a call");
  const [dispatched] = dispatchesIn(commands);
  if (!isKept)
    insist(
      isDeepStrictEqual(after.inFlight?.call, dispatched?.call),
      "in flight is what was dispatched",
    );
  insist(!(isKept && dispatched), "at most one call in flight");
}

function checkCommands(before: RunState, after: RunState, commands: readonly RunCommand[]): void {
  const ids = new Set(commands.map(({ id }) => id));
  insist(ids.size === commands.length, "ids are unique");
  checkNames(before, after, commands);
  checkStops(before, after, commands);
  checkTimers(commands);
  checkViews(before, after, commands);
}

function checkNames(before: RunState, after: RunState, commands: readonly RunCommand[]): void {
  const dispatches = dispatchesIn(commands);
  const used = namesUsed(before);
  const fresh = dispatches.map(({ call }) => shortName(call));
  insist(dispatches.length <= 1, "one dispatch at a time");
  insist(!fresh.some((name) => used.includes(name)), "no name is used twice");
  insist(
    isDeepStrictEqual([...used, ...fresh].toSorted(), namesUsed(after).toSorted()),
    "names only grow",
  );
  for (const { type, call } of dispatches) {
    insist((call.kind === "undo") === (type === "compensate_step"), "an undo compensates");
    insist(
      after.phase === (call.kind === "undo" ? "cancelling" : "running"),
      "dispatched in its phase",
    );
    if (call.kind === "undo") insist(after.cancel?.compensate === true, "undone when asked");
    insist(after.cancel?.gaveUp !== true, "nothing is dispatched after giving up");
  }
}

function checkStops(before: RunState, after: RunState, commands: readonly RunCommand[]): void {
  const stops = commands.filter(({ type }) => type === "stop_dispatch");
  const isNew = after.inFlight?.stopping === true && before.inFlight?.stopping !== true;
  insist(stops.length === (isNew ? 1 : 0), "a call is stopped once");
  for (const stop of stops)
    insist("call" in stop && stop.call === after.inFlight?.call, "the call in flight is stopped");
}

function checkTimers(commands: readonly RunCommand[]): void {
  const timers = commands.filter(({ type }) => type === "set_timer");
  const limited = dispatchesIn(commands).filter(({ step }) => step.timeoutSeconds !== undefined);
  insist(timers.length === limited.length, "each call with a time limit has its timer");
}

/** Readers always have the latest view, views are numbered one by one, and the finish carries the last one. */
function checkViews(before: RunState, after: RunState, commands: readonly RunCommand[]): void {
  const views = commands.filter(({ type }) => type === "save_progress" || type === "finish");
  const hasEnded = after.phase === "finished" && before.phase !== "finished";
  const finishes = commands.filter(({ type }) => type === "finish");
  insist(finishes.length === (hasEnded ? 1 : 0), "the end is told once");
  insist(
    views.length <= 1 && after.sequence === before.sequence + views.length,
    "views are numbered",
  );
  const [view] = views;
  if (!view)
    return insist(
      isDeepStrictEqual(progressOf(before), progressOf(after)),
      "readers see every change",
    );
  insist("sequence" in view && view.sequence === after.sequence, "a view carries its number");
  insist(
    "progress" in view && isDeepStrictEqual(view.progress, progressOf(after)),
    "the view is the latest",
  );
}
