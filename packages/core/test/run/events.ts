import type { MigrationManifest } from "../../src/domain/manifest.ts";
import type { CallName } from "../../src/domain/run.ts";
import type { StepDefinition, StepStatus } from "../../src/domain/step.ts";
import type { StringMap } from "../../src/domain/values.ts";
import type {
  CancelRequested,
  DispatchOutcome,
  DispatchSettled,
  InputsUpdated,
  RetryRequested,
  StepReported,
  TimerFired,
} from "../../src/run/events.ts";

/** The attempt of every plan and name made here. */
export const ATTEMPT = 2;
/** The time of every event that names no other. */
export const AT = "2026-03-01T12:00:00.000Z";

/** The full name of a performance of a step. */
export function doing(step: string, number = 1): CallName {
  return { attempt: ATTEMPT, kind: "do", step, number };
}

/** The full name of an undoing of a step. */
export function undoing(step: string, number = 1): CallName {
  return { attempt: ATTEMPT, kind: "undo", step, number };
}

/** A name in short: `do a 1`. */
export function shortName({ kind, step, number }: CallName): string {
  return `${kind} ${step} ${number}`;
}

/** A manifest with these steps: a bare name, or a step in full. */
export function plan(...steps: readonly (string | StepDefinition)[]): MigrationManifest {
  return {
    migrationId: "charts",
    runId: "charts__billing",
    attempt: ATTEMPT,
    candidate: { id: "billing" },
    steps: steps.map((step) => (typeof step === "string" ? { name: step } : step)),
  };
}

/** A step that a cancel with compensation undoes. */
export function compensable(name: string): StepDefinition {
  return { name, compensable: true };
}

/** What a report may say besides its status. */
export interface ReportDetails {
  readonly at?: string;
  readonly metadata?: StringMap;
  readonly error?: string;
  readonly eventId?: string;
}

export function reported(
  call: CallName,
  status: StepStatus,
  details: ReportDetails = {},
): StepReported {
  return { type: "step_reported", call, status, at: AT, ...details };
}

export function settled(
  call: CallName,
  outcome: DispatchOutcome = "accepted",
  details: { readonly at?: string; readonly error?: string } = {},
): DispatchSettled {
  return { type: "dispatch_settled", call, outcome, at: AT, ...details };
}

export function fired(call: CallName, at = AT): TimerFired {
  return { type: "timer_fired", call, at };
}

export function retried(call: CallName, at = AT): RetryRequested {
  return { type: "retry_requested", call, at };
}

/** What a cancel may say. */
export type CancelDetails = Partial<Pick<CancelRequested, "at" | "by" | "reason" | "compensate">>;

export function cancelled(details: CancelDetails = {}): CancelRequested {
  return { type: "cancel_requested", attempt: ATTEMPT, at: AT, ...details };
}

export function updated(inputs: StringMap): InputsUpdated {
  return { type: "inputs_updated", attempt: ATTEMPT, inputs, at: AT };
}
