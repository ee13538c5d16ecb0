import type { Timestamp } from "@loom/core";

const OTHER = "!";

/** A moment in as few bytes as Redis needs for a number. Text that is none is kept as it is, behind a sign. */
export function packTime(at: Timestamp): string {
  const milliseconds = Date.parse(at);
  const isExact = !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === at;
  return isExact ? String(milliseconds) : OTHER + at;
}

/** The inverse of {@link packTime}. */
export function unpackTime(packed: string): Timestamp {
  return packed.startsWith(OTHER) ? packed.slice(1) : new Date(Number(packed)).toISOString();
}
