import type { CallKind } from "../domain/run.ts";
import type { RunCommand } from "./command-types.ts";
import type { Answer } from "./events.ts";
import type { RunState } from "./state.ts";

/** What an event comes to: the next state, what the host must do, and the answer to the sender. */
export type Transition = readonly [RunState, readonly RunCommand[], Answer];

/** The answer to an event that changes nothing: the very same state. */
export function unchanged(state: RunState, answer: Answer): Transition {
  return [state, [], answer];
}

/** Whether calls of this kind are what the run is about now: steps while running, undoings while compensating. */
export function isActive(state: RunState, kind: CallKind): boolean {
  if (state.phase === "running") return kind === "do";
  return state.phase === "cancelling" && kind === "undo" && !state.cancel?.gaveUp;
}
