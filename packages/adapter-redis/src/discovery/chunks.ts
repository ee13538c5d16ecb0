import type { Candidate } from "@loom/core";
import { packCandidate } from "../codec/candidate.ts";

/** A candidate as the script that merges it reads it. */
export interface PackedCandidate {
  readonly id: string;
  /** A kind may be any text; a sign before it tells it from none. */
  readonly kind: string;
  readonly data: string;
}

/** Most candidates that one script works on: Redis serves nobody else meanwhile, some milliseconds. */
export const MOST_AT_ONCE = 500;
/** Most bytes of candidates that one script is given, a single larger one apart. */
const MOST_BYTES = 1024 * 1024;

/** Candidates in parts that a script may hold. */
export function* chunksOf(candidates: Iterable<Candidate>): Iterable<readonly PackedCandidate[]> {
  let chunk: PackedCandidate[] = [];
  let bytes = 0;
  for (const candidate of candidates) {
    const packed = pack(candidate);
    const size = sizeOf(packed);
    if (chunk.length === MOST_AT_ONCE || (chunk.length > 0 && bytes + size > MOST_BYTES)) {
      yield chunk;
      [chunk, bytes] = [[], 0];
    }
    chunk.push(packed);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}

function pack(candidate: Candidate): PackedCandidate {
  const { id, kind } = candidate;
  return { id, kind: kind === undefined ? "" : `=${kind}`, data: packCandidate(candidate) };
}

/** The id stands in the key as well. Data is ASCII. */
function sizeOf({ id, kind, data }: PackedCandidate): number {
  return 2 * Buffer.byteLength(id) + Buffer.byteLength(kind) + data.length;
}
