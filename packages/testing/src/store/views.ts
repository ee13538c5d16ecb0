import type { RunProgress, SequencedProgress, StepStatus } from "@loom/core";
import { at } from "./builders.ts";
import type { StoreFixture } from "./fixture.ts";

/** What readers see of a run at a step with this status. */
export function progressAt(status: StepStatus, more: Partial<RunProgress> = {}): RunProgress {
  const error = status === "failed" ? { error: "it broke" } : {};
  const step = { stepName: "bump", status, stepAttempt: 1, startedAt: at(3), updatedAt: at(4) };
  return {
    phase: "running",
    currentStep: { stepName: "bump", status, since: at(4), ...error },
    steps: [{ ...step, metadata: { prUrl: "https://forge/1" }, ...error }],
    compensations: [],
    ...more,
  };
}

/** A view of an attempt, with a sequence number. */
export function viewAt(
  sequence: number,
  status: StepStatus,
  { attempt = 1, ...more }: Partial<RunProgress> & { readonly attempt?: number } = {},
): SequencedProgress {
  return { attempt, sequence, progress: progressAt(status, more) };
}

/** Saves a view of the first attempt of a candidate. */
export function show(
  { store, migrationId }: StoreFixture,
  candidateId: string,
  sequence: number,
  status: StepStatus,
): Promise<void> {
  return store.saveProgress({ migrationId, candidateId }, viewAt(sequence, status));
}
