import type { SequencedProgress } from "@loom/core";
import type { Argument } from "../client/client.ts";
import { PHASE_CODES, STEP_CODES } from "./codes.ts";
import { toJson, toStableJson } from "./json.ts";

/** A view as scripts read it; one empty argument when there is none. */
export function packView(view: SequencedProgress | undefined): readonly Argument[] {
  if (!view) return [""];
  const { attempt, sequence, progress } = view;
  const { phase, currentStep } = progress;
  return [
    attempt,
    sequence,
    PHASE_CODES[phase],
    currentStep ? STEP_CODES[currentStep.status] : "",
    currentStep ? toStableJson(currentStep) : "",
    toJson(progress),
  ];
}
