import type { MigrationManifest } from "../domain/manifest.ts";
import type { Timestamp } from "../domain/values.ts";
import { showing } from "./commands.ts";
import type { RunEvent } from "./events.ts";
import { cancelRequested, inputsUpdated, retryRequested } from "./operate.ts";
import { proceed } from "./proceed.ts";
import { stepReported } from "./report.ts";
import { dispatchSettled, timerFired } from "./settle.ts";
import type { Advance, RunState } from "./state.ts";
import type { Transition } from "./transition.ts";
import { unchanged } from "./transition.ts";

/** The version of the rules that a state was made under. A host leaves a newer one's run alone. */
export const INTERPRETER_VERSION = 1;

/**
 * Begins an attempt: the first step's dispatch, or the end when the plan is empty.
 *
 * @param at the time of the start; the machine has no clock
 */
export function startRun(manifest: MigrationManifest, at: Timestamp): Advance {
  const state: RunState = {
    interpreterVersion: INTERPRETER_VERSION,
    manifest,
    inputs: manifest.inputs ?? {},
    phase: "running",
    sequence: 0,
    steps: [],
    compensations: [],
  };
  return showing(proceed(state, at));
}

/**
 * Takes one event. Total: every event in every state has an answer, most of them "the same state, no commands".
 * Pure: the same arguments give the same result, nothing is changed in place, and nothing is thrown.
 */
export function advanceRun(state: RunState, event: RunEvent): Transition {
  if (state.phase === "finished") return unchanged(state, "not_running");
  if (attemptOf(event) !== state.manifest.attempt) return unchanged(state, "stale");
  switch (event.type) {
    case "step_reported":
      return stepReported(state, event);
    case "dispatch_settled":
      return dispatchSettled(state, event);
    case "retry_requested":
      return retryRequested(state, event);
    case "inputs_updated":
      return inputsUpdated(state, event);
    case "cancel_requested":
      return cancelRequested(state, event);
    case "timer_fired":
      return timerFired(state, event);
  }
}

/** The attempt that an event belongs to. */
export function attemptOf(event: RunEvent): number {
  return "call" in event ? event.call.attempt : event.attempt;
}
