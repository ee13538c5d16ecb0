import type { Timestamp } from "../domain/values.ts";
import { dispatch, finish, stop, toUndo } from "./commands.ts";
import { isSuccess, isTerminal, statusOf } from "./facts.ts";
import { beginRecord, currentRecord, findRecord, withRecord } from "./records.ts";
import type { Advance, CallRecord, RunState } from "./state.ts";

/** Does what the facts now allow (`run.md`, Sequencing). At most one call is in flight, so everything new waits for its settlement. */
export function proceed(state: RunState, at: Timestamp): Advance {
  if (state.phase === "finished") return [state, []];
  return state.phase === "cancelling" ? proceedCancelling(state, at) : proceedRunning(state, at);
}

/** Whether the last step has succeeded: all that is missing is the settlement of its call. */
export function isAllDone(state: RunState): boolean {
  const current = state.steps.at(-1);
  return (
    state.steps.length === state.manifest.steps.length &&
    (current === undefined || isSuccess(statusOf(current)))
  );
}

function proceedRunning(state: RunState, at: Timestamp): Advance {
  const current = state.steps.at(-1);
  if (!current) return beginNextStep(state, at);
  if (current.waiting) return state.inFlight ? stop(state) : dispatchRetry(state, current, at);
  const status = statusOf(current);
  if (!isTerminal(status)) return [state, []];
  if (state.inFlight) return stop(state);
  return isSuccess(status) ? beginNextStep(state, at) : [state, []];
}

function beginNextStep(state: RunState, at: Timestamp): Advance {
  const next = state.manifest.steps[state.steps.length];
  return next ? begin(state, beginRecord("do", next.name, at), at) : finish(state, "completed", at);
}

function proceedCancelling(state: RunState, at: Timestamp): Advance {
  const undo = state.compensations.at(-1);
  if (state.inFlight) return isUndoUnderWay(state) ? [state, []] : stop(state);
  if (!state.cancel?.compensate || state.cancel.gaveUp) return finish(state, "cancelled", at);
  if (undo?.waiting) return dispatchRetry(state, undo, at);
  if (undo && !isSuccess(statusOf(undo))) return [state, []];
  return beginNextUndo(state, at);
}

function beginNextUndo(state: RunState, at: Timestamp): Advance {
  const next = toUndo(state).find(({ step }) => !findRecord(state, "undo", step));
  return next
    ? begin(state, beginRecord("undo", next.step, at), at)
    : finish(state, "cancelled", at);
}

function isUndoUnderWay(state: RunState): boolean {
  const current = currentRecord(state);
  if (state.inFlight?.call.kind !== "undo" || !current || state.cancel?.gaveUp) return false;
  return !current.waiting && !isTerminal(statusOf(current));
}

function dispatchRetry(state: RunState, record: CallRecord, at: Timestamp): Advance {
  const { waiting: _, ...ready } = record;
  return begin(state, ready, at);
}

function begin(state: RunState, record: CallRecord, at: Timestamp): Advance {
  return dispatch(withRecord(state, record), record, at);
}
