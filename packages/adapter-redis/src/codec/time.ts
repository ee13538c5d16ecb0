import type { Timestamp } from "@loom/core";

/** A moment in as few bytes as Redis needs for a number. Text that is no such moment is kept as it is. */
export function packTime(at: Timestamp): string {
  const milliseconds = Date.parse(at);
  const isExact = !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === at;
  return isExact ? String(milliseconds) : at;
}

/** The inverse of {@link packTime}. */
export function unpackTime(packed: string): Timestamp {
  return /^-?\d+$/.test(packed) ? new Date(Number(packed)).toISOString() : packed;
}
