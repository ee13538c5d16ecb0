import type { Advance } from "@loom/core/run";
import { INTERPRETER_VERSION, startRun, viewOf } from "@loom/core/run";
import type { RunInput } from "../protocol.ts";
import { now } from "./moment.ts";

/** The first step of this execution: the attempt's beginning, or where the one before it left off. */
export function begin(input: RunInput): Advance {
  const [state, commands] = "manifest" in input ? startRun(input.manifest, now()) : goOn(input);
  // The state has the inputs by itself, and would carry them twice.
  const { inputs: _, ...manifest } = state.manifest;
  return [{ ...state, manifest }, commands];
}

/** The last view may not have been shown: what it says is in the state. */
function goOn({ carried }: Extract<RunInput, { readonly carried: unknown }>): Advance {
  const { state } = carried;
  return [state, "timers" in carried ? [viewOf(state), ...carried.timers] : carried.commands];
}

/** A plain error fails the workflow task only, which the server then offers again: to a newer worker, sooner or later. */
export function refuseNewer({ interpreterVersion }: RunInput): void {
  if (interpreterVersion <= INTERPRETER_VERSION) return;
  throw new Error(
    `The run is of version ${interpreterVersion}, this worker knows ${INTERPRETER_VERSION}.`,
  );
}
