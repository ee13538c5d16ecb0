import { showing } from "./commands.ts";
import type { CancelRequested, InputsUpdated, RetryRequested } from "./events.ts";
import { failureOf } from "./facts.ts";
import { isAllDone, proceed } from "./proceed.ts";
import { currentRecord, findRecord, stepOf, touch, withRecord } from "./records.ts";
import type { CallRecord, CancelState, PastFailure, RunState } from "./state.ts";
import type { Transition } from "./transition.ts";
import { isActive, unchanged } from "./transition.ts";

/** A failed step-attempt is to be tried again under the next number. */
export function retryRequested(state: RunState, event: RetryRequested): Transition {
  const { kind, step, number } = event.call;
  if (state.phase === "cancelling" && !isActive(state, kind))
    return unchanged(state, "not_running");
  const record = findRecord(state, kind, step);
  if (!record || record !== currentRecord(state) || record.number !== number)
    return unchanged(state, "stale");
  const failure = failureOf(record, stepOf(state, step).timeoutSeconds);
  if (!failure) return unchanged(state, "stale");
  const past = { stepAttempt: number, ...failure, ...(record.facts.terminal && reported) };
  const next = withRecord(state, renewed(record, past, event.at));
  return [...showing(proceed(next, event.at)), "accepted"];
}

const reported = { reported: true } as const;

/** Inputs are merged key by key and used from the next dispatch on. */
export function inputsUpdated(state: RunState, event: InputsUpdated): Transition {
  return [{ ...state, inputs: { ...state.inputs, ...event.inputs } }, [], "accepted"];
}

/** The run is to end. The first cancel decides whether to compensate; a later explicit `false` gives that up. */
export function cancelRequested(state: RunState, event: CancelRequested): Transition {
  if (state.phase === "cancelling") return cancelAgain(state, event);
  if (isAllDone(state)) return unchanged(state, "not_running");
  const next: RunState = { ...state, phase: "cancelling", cancel: cancelState(event) };
  return [...showing(proceed(next, event.at)), "accepted"];
}

function cancelAgain(state: RunState, event: CancelRequested): Transition {
  const { cancel } = state;
  if (event.compensate !== false || !cancel?.compensate || cancel.gaveUp)
    return unchanged(state, "duplicate");
  const next: RunState = { ...state, cancel: { ...cancel, gaveUp: true } };
  return [...showing(proceed(next, event.at)), "accepted"];
}

function cancelState({ at, by, reason, compensate }: CancelRequested): CancelState {
  return {
    at,
    compensate: compensate === true,
    ...(by !== undefined && { by }),
    ...(reason !== undefined && { reason }),
  };
}

function renewed(record: CallRecord, past: PastFailure, at: string): CallRecord {
  return touch(record, at, {
    number: record.number + 1,
    waiting: true,
    facts: {},
    failures: [...record.failures, past],
    eventIds: [],
  });
}
