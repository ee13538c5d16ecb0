import type { CurrentStep, RunProgress } from "../domain/run.ts";
import type { StepFailure, StepState } from "../domain/step.ts";
import { endedAt, failureOf, statusOf } from "./facts.ts";
import { currentRecord, stepOf } from "./records.ts";
import type { CallRecord, PastFailure, RunState } from "./state.ts";

/** What readers see of a run. */
export function progressOf(state: RunState): RunProgress {
  const current = currentRecord(state);
  return {
    phase: state.phase,
    ...(current && state.phase !== "finished" && { currentStep: currentStepOf(state, current) }),
    steps: state.steps.map((record) => stepStateOf(state, record)),
    compensations: state.compensations.map((record) => stepStateOf(state, record)),
  };
}

function currentStepOf(state: RunState, record: CallRecord): CurrentStep {
  const error = errorOf(state, record);
  return {
    stepName: record.step,
    status: statusOf(record),
    since: record.since,
    ...(error !== undefined && { error }),
  };
}

function stepStateOf(state: RunState, record: CallRecord): StepState {
  const error = errorOf(state, record);
  const completedAt = endedAt(record);
  return {
    stepName: record.step,
    status: statusOf(record),
    stepAttempt: record.number,
    startedAt: record.startedAt,
    updatedAt: record.updatedAt,
    ...(completedAt !== undefined && { completedAt }),
    ...(Object.keys(record.metadata).length > 0 && { metadata: record.metadata }),
    ...(error !== undefined && { error }),
    ...(record.failures.length > 0 && { failures: record.failures.map(failureView) }),
  };
}

function errorOf(state: RunState, record: CallRecord): string | undefined {
  return failureOf(record, stepOf(state, record.step).timeoutSeconds)?.error;
}

function failureView({ stepAttempt, error, at }: PastFailure): StepFailure {
  return { stepAttempt, error, at };
}
