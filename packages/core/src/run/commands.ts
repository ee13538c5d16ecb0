import type { CallName, CancelledAttempt, RunOutcome } from "../domain/run.ts";
import type { Timestamp } from "../domain/values.ts";
import type {
  CompensateStep,
  DispatchStep,
  RunCommand,
  SaveProgress,
  StopDispatch,
} from "./command-types.ts";
import { isSuccess, statusOf } from "./facts.ts";
import { attemptCommandId, callOf, dispatchIdOf, stopIdOf, timerIdOf } from "./names.ts";
import { progressOf } from "./progress.ts";
import { findRecord, stepOf } from "./records.ts";
import type { Advance, CallRecord, RunState } from "./state.ts";

/** Puts the record's call in flight: its dispatch, and its timer when the step has a time limit. */
export function dispatch(state: RunState, record: CallRecord, at: Timestamp): Advance {
  const call = callOf(state, record);
  const { timeoutSeconds } = stepOf(state, record.step);
  const commands: RunCommand[] = [dispatchCommand(state, record, call)];
  if (timeoutSeconds !== undefined) {
    const dueAt = Date.parse(at) + timeoutSeconds * 1000;
    const id = timerIdOf(state.manifest.runId, call);
    commands.push({ type: "set_timer", id, call, dueAt });
  }
  return [{ ...state, inFlight: { call } }, commands];
}

/** Asks, once per call, that the call in flight be repeated no more. */
export function stop(state: RunState): Advance {
  const { inFlight } = state;
  if (!inFlight || inFlight.stopping) return [state, []];
  const { call } = inFlight;
  const id = stopIdOf(state.manifest.runId, call);
  const command: StopDispatch = { type: "stop_dispatch", id, call };
  return [{ ...state, inFlight: { call, stopping: true } }, [command]];
}

/** Ends the attempt. */
export function finish(state: RunState, outcome: RunOutcome, at: Timestamp): Advance {
  const last: RunState = { ...state, phase: "finished", outcome, sequence: state.sequence + 1 };
  const cancelled = outcome === "cancelled" ? cancelledAttempt(state, at) : undefined;
  return [
    last,
    [
      {
        type: "finish",
        id: attemptCommandId("finish", last),
        attempt: state.manifest.attempt,
        sequence: last.sequence,
        outcome,
        at,
        progress: progressOf(last),
        ...(cancelled && { cancelled }),
      },
    ],
  ];
}

/** Adds the view for readers to a change of a live run; a finish carries its own. */
export function showing([state, commands]: Advance): Advance {
  if (state.phase === "finished") return [state, commands];
  const next = { ...state, sequence: state.sequence + 1 };
  return [next, [viewOf(next), ...commands]];
}

/** The last view of a state: the same as the machine has made when it took what readers see. */
export function viewOf(state: RunState): SaveProgress {
  return {
    type: "save_progress",
    id: attemptCommandId("progress", state),
    attempt: state.manifest.attempt,
    sequence: state.sequence,
    progress: progressOf(state),
  };
}

/** The steps that a cancel with compensation undoes, the last one first. */
export function toUndo(state: RunState): readonly CallRecord[] {
  return state.steps.filter(({ step }) => stepOf(state, step).compensable).toReversed();
}

function dispatchCommand(
  state: RunState,
  record: CallRecord,
  call: CallName,
): DispatchStep | CompensateStep {
  const id = dispatchIdOf(state.manifest.runId, call);
  const base = { id, call, step: stepOf(state, record.step), inputs: state.inputs };
  const done = record.kind === "undo" ? findRecord(state, "do", record.step) : undefined;
  if (!done) return { type: "dispatch_step", ...base };
  return {
    type: "compensate_step",
    ...base,
    stepStatus: statusOf(done),
    stepMetadata: done.metadata,
  };
}

function cancelledAttempt(state: RunState, at: Timestamp): CancelledAttempt {
  const { runId, attempt, candidate } = state.manifest;
  const { cancel } = state;
  const left = cancel?.gaveUp ? notUndone(state) : [];
  return {
    runId,
    candidateId: candidate.id,
    attempt,
    cancelledAt: cancel?.at ?? at,
    ...(cancel?.by !== undefined && { cancelledBy: cancel.by }),
    ...(cancel?.reason !== undefined && { reason: cancel.reason }),
    ...(left.length > 0 && { notCompensated: left }),
  };
}

function notUndone(state: RunState): string[] {
  const undone = state.compensations.filter((record) => isSuccess(statusOf(record)));
  return toUndo(state)
    .map(({ step }) => step)
    .filter((step) => !undone.some((record) => record.step === step));
}
