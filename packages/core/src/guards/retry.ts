import type { CallName, RunProgress } from "../domain/run.ts";
import type { StepState } from "../domain/step.ts";
import { LoomError } from "../errors.ts";

/**
 * Which failed call a retry means.
 *
 * @param progress the saved view of the current attempt
 * @param wanted the step, and the step-attempt when the operator gave it as a precondition
 * @throws LoomError `step_not_failed`, `stale_attempt`, `run_closing`
 */
export function guardRetry(
  progress: RunProgress | undefined,
  attempt: number,
  wanted: { readonly stepName: string; readonly stepAttempt?: number },
): CallName {
  const { stepName: step } = wanted;
  const undoing = progress?.phase === "cancelling";
  const current = currentOf(progress);
  if (undoing && current?.kind !== "undo")
    throw new LoomError("run_closing", "The run is being cancelled; its steps are not retried.");
  if (current?.state.stepName === step) guardStepAttempt(wanted.stepAttempt, current.state);
  if (current?.state.stepName !== step || current.state.status !== "failed")
    throw new LoomError("step_not_failed", `The step ${step} has not failed.`);
  return { attempt, kind: current.kind, step, number: current.state.stepAttempt };
}

/** The call that a run is at by its saved view: the last undoing, else the last step. */
export function currentOf(
  progress: RunProgress | undefined,
): { readonly kind: "do" | "undo"; readonly state: StepState } | undefined {
  const undo = progress?.compensations.at(-1);
  if (undo) return { kind: "undo", state: undo };
  const state = progress?.steps.at(-1);
  return state && { kind: "do", state };
}

function guardStepAttempt(expected: number | undefined, { stepAttempt }: StepState): void {
  if (expected === undefined || expected === stepAttempt) return;
  throw new LoomError(
    "stale_attempt",
    `Step-attempt ${expected} was meant; ${stepAttempt} is current.`,
    { details: { stepAttempt } },
  );
}
