import type { RunProgress, RunRecord, StepState } from "@loom/core";
import type { Answer, CancelRequested, RunEvent, StepReported } from "@loom/core/run";
import { isSuccess } from "@loom/core/run";

/** What an event will come to, as far as the saved progress tells. */
export interface Foreseen {
  readonly answer: Answer;
  /** Whether this is sure, so that Temporal need not be told. Progress may be behind, but it never goes back. */
  readonly isMoot: boolean;
}

const LIKELY: Foreseen = { answer: "accepted", isMoot: false };

/** The run machine's answer, as exact as the view of the run that readers have. */
export function foresee(run: RunRecord, event: RunEvent): Foreseen {
  if (run.phase === "finished") return moot("not_running");
  if (!run.progress) return LIKELY;
  if (event.type === "cancel_requested") return foreseeCancel(run, run.progress, event);
  if (event.type === "inputs_updated" || !("call" in event)) return LIKELY;
  const step = stepOf(run.progress, event.call.kind, event.call.step);
  if (!step) return LIKELY;
  const past = answerOfPast(step, event);
  if (past) return moot(past);
  const isRecordedOnly = run.phase === "cancelling" && event.call.kind === "do";
  return isRecordedOnly ? { answer: "not_running", isMoot: false } : LIKELY;
}

/** About a call that is over for good: a later one has taken its place, or its step has succeeded. */
function answerOfPast(
  step: StepState,
  event: Exclude<RunEvent, CancelRequested>,
): Answer | undefined {
  if (event.type !== "step_reported" && event.type !== "retry_requested") return undefined;
  const { number } = event.call;
  const isReplaced = number < step.stepAttempt;
  const hasSucceeded = number === step.stepAttempt && isSuccess(step.status);
  if (!isReplaced && !hasSucceeded) return undefined;
  return event.type === "step_reported" && isRepeated(step, event) ? "duplicate" : "stale";
}

function isRepeated(step: StepState, { call, status }: StepReported): boolean {
  if (call.number === step.stepAttempt) return status === step.status;
  const hasFailed = step.failures?.some(({ stepAttempt }) => stepAttempt === call.number);
  return status === "failed" && hasFailed === true;
}

/** A cancel of a cancel is sent all the same: whoever sent the first may have died before Temporal had all of it. */
function foreseeCancel(
  { phase, manifest }: RunRecord,
  progress: RunProgress,
  { compensate }: CancelRequested,
): Foreseen {
  const isAllDone = progress.steps.length === manifest.steps.length;
  const last = progress.steps.at(-1);
  if (phase === "running" && isAllDone && last && isSuccess(last.status))
    return moot("not_running");
  if (phase === "cancelling" && compensate !== false) return { answer: "duplicate", isMoot: false };
  return LIKELY;
}

function stepOf(progress: RunProgress, kind: "do" | "undo", name: string): StepState | undefined {
  const steps = kind === "do" ? progress.steps : progress.compensations;
  return steps.find(({ stepName }) => stepName === name);
}

function moot(answer: Answer): Foreseen {
  return { answer, isMoot: true };
}
