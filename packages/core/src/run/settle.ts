import type { CallName } from "../domain/run.ts";
import { showing } from "./commands.ts";
import type { DispatchSettled, TimerFired } from "./events.ts";
import { sameCall } from "./names.ts";
import { proceed } from "./proceed.ts";
import { findRecord, touch, withRecord } from "./records.ts";
import type { CallRecord, RunState } from "./state.ts";
import type { Transition } from "./transition.ts";
import { isActive, unchanged } from "./transition.ts";

/** The host has done with a call. It frees the slot whatever has become current since. */
export function dispatchSettled(state: RunState, event: DispatchSettled): Transition {
  const record = findRecord(state, event.call.kind, event.call.step);
  const isCurrent = record !== undefined && isCurrentCall(record, event.call.number);
  if (!state.inFlight || !sameCall(state.inFlight.call, event.call))
    return unchanged(state, isCurrent && record.facts.settled ? "duplicate" : "stale");
  const { inFlight: _, ...freed } = state;
  const next = isCurrent ? withRecord(freed, settled(record, event)) : freed;
  const advance = proceed(next, event.at);
  const isVisible = advance[1].length > 0 || (isCurrent && hasFailed(record, event));
  return [...(isVisible ? showing(advance) : advance), "accepted"];
}

/** The time limit of a call has passed. */
export function timerFired(state: RunState, event: TimerFired): Transition {
  const { kind, step } = event.call;
  const record = findRecord(state, kind, step);
  if (!record || !canTimeOut(state, event.call)) return unchanged(state, "stale");
  if (record.facts.timedOut) return unchanged(state, "duplicate");
  if (!isActive(state, kind)) return unchanged(state, "not_running");
  const facts = { ...record.facts, timedOut: { at: event.at } };
  const next = withRecord(state, touch(record, event.at, { facts }));
  return [...showing(proceed(next, event.at)), "accepted"];
}

/** Whether the timer of a call may still come to something: a host stops those that may not. */
export function canTimeOut(state: RunState, { kind, step, number }: CallName): boolean {
  const record = findRecord(state, kind, step);
  return record !== undefined && isCurrentCall(record, number) && !record.facts.terminal;
}

function isCurrentCall(record: CallRecord, number: number): boolean {
  return record.number === number && !record.waiting;
}

function settled(record: CallRecord, event: DispatchSettled): CallRecord {
  const { outcome, at, error } = event;
  const fact = { outcome, at, ...(error !== undefined && { error }) };
  const facts = { ...record.facts, settled: fact };
  return hasFailed(record, event) ? touch(record, at, { facts }) : { ...record, facts };
}

/** Whether readers see the settlement: it fails a step-attempt of which nothing else is known. */
function hasFailed(record: CallRecord, { outcome }: DispatchSettled): boolean {
  const { terminal, timedOut, latest } = record.facts;
  return outcome !== "accepted" && !terminal && !timedOut && !latest;
}
