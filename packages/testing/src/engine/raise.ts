import type { ExecutionEngine, MigrationManifest } from "@loom/core";
import type { Answer, CancelRequested, StepReported } from "@loom/core/run";

/** A report on the first call of a step, changed in parts. */
export function reportOf(
  { attempt }: MigrationManifest,
  step: string,
  status: StepReported["status"],
  { number = 1, kind = "do", ...more }: Partial<StepReported & StepReported["call"]> = {},
): StepReported {
  const call = { attempt, kind, step, number };
  return { type: "step_reported", call, status, at: now(), ...more };
}

function cancelOf(
  { attempt }: MigrationManifest,
  more: Partial<CancelRequested> = {},
): CancelRequested {
  return { type: "cancel_requested", attempt, at: now(), by: "ada", ...more };
}

/** Raises a report on an engine. */
export function report(
  engine: ExecutionEngine,
  manifest: MigrationManifest,
  ...what: Parameters<typeof reportOf> extends [unknown, ...infer Rest] ? Rest : never
): Promise<Answer> {
  return engine.raiseEvent(manifest.runId, manifest.attempt, reportOf(manifest, ...what));
}

/** Raises a cancel on an engine. */
export function cancel(
  engine: ExecutionEngine,
  manifest: MigrationManifest,
  more: Partial<CancelRequested> = {},
): Promise<Answer> {
  return engine.cancelRun(manifest.runId, manifest.attempt, cancelOf(manifest, more));
}

/** Raises a retry of a failed call on an engine. */
export function retry(
  engine: ExecutionEngine,
  { runId, attempt }: MigrationManifest,
  step: string,
  number = 1,
  kind: "do" | "undo" = "do",
): Promise<Answer> {
  const call = { attempt, kind, step, number };
  return engine.raiseEvent(runId, attempt, { type: "retry_requested", call, at: now() });
}

export function now(): string {
  return new Date().toISOString();
}
