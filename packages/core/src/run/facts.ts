import type { StepStatus } from "../domain/step.ts";
import type { CallRecord } from "./state.ts";

/** Whether nothing more is expected after this status. */
export function isTerminal(status: StepStatus): boolean {
  return isSuccess(status) || status === "failed";
}

/** Whether the next step may begin after this status. */
export function isSuccess(status: StepStatus): boolean {
  return status === "completed" || status === "merged";
}

/** The status of a step-attempt as a function of its facts (`run.md`): any order of them gives the same. */
export function statusOf({ facts }: CallRecord): StepStatus {
  if (facts.terminal) return facts.terminal.status;
  if (facts.timedOut) return "failed";
  if (facts.latest) return facts.latest;
  return dispatchFailed(facts.settled?.outcome) ? "failed" : "in_progress";
}

/** Why the step-attempt has failed, and since when; `undefined` while it has not. */
export function failureOf(
  record: CallRecord,
  timeoutSeconds: number | undefined,
): { error: string; at: string } | undefined {
  const { terminal, timedOut, settled } = record.facts;
  if (statusOf(record) !== "failed") return undefined;
  if (terminal) return { error: terminal.error ?? "failed without a message", at: terminal.at };
  if (timedOut) return { error: `timed out after ${timeoutSeconds ?? 0} s`, at: timedOut.at };
  return {
    error: settled?.error ?? "could not be dispatched",
    at: settled?.at ?? record.updatedAt,
  };
}

/** When the step-attempt took a terminal status; `undefined` while it has none. */
export function endedAt(record: CallRecord): string | undefined {
  const { terminal, timedOut, settled } = record.facts;
  return isTerminal(statusOf(record)) ? (terminal ?? timedOut ?? settled)?.at : undefined;
}

function dispatchFailed(outcome: string | undefined): boolean {
  return outcome === "refused" || outcome === "exhausted";
}
