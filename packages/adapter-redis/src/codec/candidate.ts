import type { Candidate } from "@loom/core";
import { fromJson, toStableJson } from "./json.ts";
import { leftOver, named, rowOf } from "./row.ts";

/** What is stored of a candidate's data as one text; nothing for one with an id (and a kind) only. */
export function packCandidate(candidate: Candidate): string {
  const { id: _, kind: __, metadata, state, files, steps, ...rest } = candidate;
  const row = rowOf(metadata, state, files, steps, leftOver(rest));
  return row.length === 0 ? "" : toStableJson(row);
}

/** The inverse of {@link packCandidate}. */
export function unpackCandidate(id: string, kind: string | undefined, text: string): Candidate {
  const [metadata, state, files, steps, rest] = (text === "" ? [] : fromJson(text)) as Row;
  return {
    id,
    ...named("kind", kind),
    ...named("metadata", metadata),
    ...named("state", state),
    ...named("files", files),
    ...named("steps", steps),
    ...rest,
  };
}

type Optional<Name extends keyof Candidate> = Candidate[Name] | null;
type Row = readonly [
  metadata?: Optional<"metadata">,
  state?: Optional<"state">,
  files?: Optional<"files">,
  steps?: Optional<"steps">,
  rest?: object,
];
