import type { Advance } from "@loom/core/run";
import { INTERPRETER_VERSION, startRun } from "@loom/core/run";
import type { RunInput } from "../protocol.ts";
import { now } from "./moment.ts";

/** The first step of this execution: the attempt's beginning, or where the one before it left off. */
export function begin(input: RunInput): Advance {
  if ("manifest" in input) return startRun(input.manifest, now());
  const { state, commands } = input.carried;
  return [state, commands];
}

/** A plain error fails the workflow task only, which the server then offers again: to a newer worker, sooner or later. */
export function refuseNewer({ interpreterVersion }: RunInput): void {
  if (interpreterVersion <= INTERPRETER_VERSION) return;
  throw new Error(
    `The run is of version ${interpreterVersion}, this worker knows ${INTERPRETER_VERSION}.`,
  );
}
