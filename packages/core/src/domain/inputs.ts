import type { Candidate } from "./candidate.ts";
import type { StringMap } from "./values.ts";

/** The candidate as migrators see it: its metadata with the inputs laid over it. The stored one is not changed. */
export function withInputs(candidate: Candidate, inputs: StringMap): Candidate {
  if (Object.keys(inputs).length === 0) return candidate;
  return { ...candidate, metadata: { ...candidate.metadata, ...inputs } };
}
