import { setTimeout as pause } from "node:timers/promises";
import type { CandidateWithStatus, StepDefinition } from "@loom/core";
import type { Progress } from "../display/progress.ts";
import type { Screen } from "../display/screen.ts";
import { createView } from "../display/view.ts";
import type { Operator } from "./operator.ts";

const POLL_MILLIS = 120;
const PATIENCE_MILLIS = 60_000;

/**
 * Looks at all candidates again and again until they are completed, and shows where they stand.
 * @param react is given each candidate of each look; what it throws ends the watch
 * @throws Error when nothing has changed for a minute
 */
export async function watch(
  operator: Operator,
  screen: Screen,
  react: (candidate: CandidateWithStatus) => Promise<void>,
): Promise<void> {
  const { steps } = await operator.migration();
  const show = createView(screen);
  const assertMoving = createPatience();
  for (;;) {
    const candidates = await operator.candidates();
    show(candidates.map((it) => progressOf(it, it.steps ?? steps)));
    if (candidates.every(({ status }) => status === "completed")) break;
    for (const candidate of candidates) await react(candidate);
    assertMoving(JSON.stringify(candidates));
    await pause(POLL_MILLIS);
  }
  screen.clear();
}

function createPatience(): (state: string) => void {
  let last = { state: "", at: 0 };
  return (state) => {
    if (state !== last.state) last = { state, at: Date.now() };
    if (Date.now() - last.at > PATIENCE_MILLIS) throw new Error("Nothing has changed for a minute");
  };
}

function progressOf(candidate: CandidateWithStatus, plan: readonly StepDefinition[]): Progress {
  const { status, currentStep } = candidate;
  const at = plan.findIndex(({ name }) => name === currentStep?.stepName);
  const running = status === "running" ? Math.max(at, 0) : 0;
  return {
    candidate,
    stepsDone: status === "completed" ? plan.length : running,
    stepsInAll: plan.length,
  };
}
