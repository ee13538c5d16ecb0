import type { Candidate } from "./candidate.ts";
import type { StringMap } from "./values.ts";

/** The candidate as migrators see it: its metadata with the inputs laid over it. The stored one is not changed. */
export function withInputs(candidate: Candidate, inputs: StringMap): Candidate {
  if (Object.keys(inputs).length === 0) return candidate;
  return { ...candidate, metadata: overlaid(candidate.metadata, inputs) };
}

/** Inputs laid over metadata: of one name, the input counts. */
export function overlaid(metadata: StringMap | undefined, inputs: StringMap): StringMap {
  return { ...metadata, ...inputs };
}
