import type { CancelOptions, CandidateRef, CandidateStatus, Loom, RunDetail } from "@loom/core";
import type { Settlement, SettleAnswer } from "@loom/migrator-sdk";

/** A run of a migration under test. Every method resolves when the run waits for something again, or is over. */
export interface TestRun {
  readonly runId: string;
  /** Every status that a step took, in order: `step status`, undoings as `undo step status`. Work going on is left out. */
  trace(): Promise<readonly string[]>;
  /** Ends what stands open under a key, as a webhook does. */
  settle(key: string, settlement: Settlement): Promise<SettleAnswer>;
  /** Completes the step that the run is at, as an operator does who has looked. */
  approve(): Promise<void>;
  /** Tries the step that failed again, or the one named. @throws LoomError as `loom.retryStep` */
  retry(stepName?: string): Promise<void>;
  /** Cancels the run. @throws LoomError as `loom.cancel` */
  cancel(options?: CancelOptions): Promise<void>;
  /** The run as an operator sees it. */
  detail(): Promise<RunDetail>;
  /** Where the candidate stands. */
  status(): Promise<CandidateStatus>;
}

/** What a run under test is made of. */
export interface TestRunParts {
  readonly loom: Loom;
  readonly settle: TestRun["settle"];
  readonly after: <T>(act: Promise<T>) => Promise<T>;
  readonly trace: () => readonly string[];
}

export function testRunOf(
  { loom, settle, after, trace }: TestRunParts,
  ref: CandidateRef,
  runId: string,
): TestRun {
  const current = async (): Promise<string> => {
    const { currentStep } = await loom.getCandidate(ref);
    if (currentStep) return currentStep.stepName;
    throw new Error(`The run of "${ref.candidateId}" is at no step.`);
  };
  return {
    runId,
    settle,
    trace: async () => [...trace()],
    detail: () => loom.getSteps(ref),
    status: async () => (await loom.getCandidate(ref)).status,
    cancel: (options) => after(loom.cancel(ref, options)),
    async retry(stepName) {
      await after(loom.retryStep(ref, { stepName: stepName ?? (await current()) }));
    },
    async approve() {
      const event = { stepName: await current(), candidateId: ref.candidateId, success: true };
      await after(loom.reportStep(runId, event));
    },
  };
}
