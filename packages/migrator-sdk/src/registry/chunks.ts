import type { Candidate } from "../contract.ts";

/** Candidates of one request, and whether they are the last. */
export interface Chunk {
  readonly candidates: readonly Candidate[];
  readonly complete: boolean;
}

/** How much goes into one chunk. */
export interface ChunkLimits {
  readonly candidates: number;
  /** Characters of JSON. */
  readonly size: number;
}

/** Fits the body limit of Loom (8 MiB), whatever the script of the text. */
const CHUNK_LIMITS: ChunkLimits = { candidates: 500, size: 2 * 1024 * 1024 };

/** Cuts candidates into chunks as they come. Holds one chunk; there is always a last one, empty if there is nothing. */
export async function* chunksOf(
  found: AsyncIterable<Candidate>,
  limits: ChunkLimits = CHUNK_LIMITS,
): AsyncGenerator<Chunk> {
  let candidates: Candidate[] = [];
  let size = 0;
  for await (const candidate of found) {
    const length = JSON.stringify(candidate).length;
    const isFull = candidates.length >= limits.candidates || size + length > limits.size;
    if (isFull && candidates.length > 0) {
      yield { candidates, complete: false };
      candidates = [];
      size = 0;
    }
    candidates.push(candidate);
    size += length;
  }
  yield { candidates, complete: true };
}
