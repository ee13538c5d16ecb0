import type { CallName } from "../../src/domain/run.ts";
import type { StepStatus } from "../../src/domain/step.ts";
import type { StringMap } from "../../src/domain/values.ts";
import type { DispatchSettled, StepReported, TimerFired } from "../../src/run/events.ts";

/** All that is known of one call: a bag of facts, in no form that the machine uses. */
export interface Call {
  readonly name: CallName;
  readonly reports: StepReported[];
  timeout?: TimerFired;
  settlement?: DispatchSettled;
  isRetried: boolean;
}

/** What readers are told of a step, as far as the model goes. */
export interface StepView {
  readonly stepName: string;
  readonly status: StepStatus;
  readonly stepAttempt: number;
  readonly metadata?: StringMap;
  readonly error?: string;
  readonly failures?: readonly { readonly stepAttempt: number; readonly error: string }[];
}

/** The status of a call from its facts alone, the strongest first. */
export function statusOfCall(call: Call): StepStatus {
  const lost = call.settlement && call.settlement.outcome !== "accepted";
  const told = [
    endOf(call)?.status,
    call.timeout && "failed",
    call.reports.at(-1)?.status,
    lost ? "failed" : undefined,
  ] as const;
  return told.find((status) => status !== undefined) ?? "in_progress";
}

/** The report that ended a call. */
export function endOf(call: Call): StepReported | undefined {
  return call.reports.find(({ status }) => isGood(status) || status === "failed");
}

/** Whether the next step may begin. */
export const isGood = (status: StepStatus) => status === "completed" || status === "merged";

function errorOf(call: Call, limit: number | undefined): string {
  const end = endOf(call);
  if (end) return end.error ?? "failed without a message";
  if (call.timeout) return `timed out after ${limit ?? 0} s`;
  return call.settlement?.error ?? "could not be dispatched";
}

/** What readers are told of the step that these calls, in order, were made for. */
export function viewOf(calls: readonly Call[], limit: number | undefined): StepView {
  const latest = calls.at(-1);
  if (!latest) throw new Error("a step has a call");
  const failures = calls
    .filter(({ isRetried }) => isRetried)
    .map((call) => ({ stepAttempt: call.name.number, error: errorOf(call, limit) }));
  const metadata = Object.assign(
    {},
    ...calls.flatMap(({ reports }) => reports.map((r) => r.metadata)),
  );
  const status = latest.isRetried ? "in_progress" : statusOfCall(latest);
  return {
    stepName: latest.name.step,
    status,
    stepAttempt: latest.name.number + (latest.isRetried ? 1 : 0),
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(status === "failed" && { error: errorOf(latest, limit) }),
    ...(failures.length > 0 && { failures }),
  };
}
