// Loom's workflow, and what one would write by hand to do the same calls and wait for the same signals.
import { condition, defineSignal, proxyActivities, setHandler } from "@temporalio/workflow";

export * from "@loom/engine-temporal/workflows";

/** The activity of the workflow by hand. */
export interface BareActivities {
  bareDispatch(runId: string, step: string): Promise<void>;
}

const doneSignal = defineSignal<[string]>("done");

export async function bareRun(runId: string, steps: readonly string[]): Promise<void> {
  const done = new Set<string>();
  setHandler(doneSignal, (step) => {
    done.add(step);
  });
  const { bareDispatch } = proxyActivities<BareActivities>({ startToCloseTimeout: "1 minute" });
  for (const step of steps) {
    await bareDispatch(runId, step);
    await condition(() => done.has(step));
  }
}
