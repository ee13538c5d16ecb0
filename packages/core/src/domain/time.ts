import type { EpochMilliseconds, Timestamp } from "./values.ts";

/** The form in which people read a moment. */
export function timestampOf(at: EpochMilliseconds): Timestamp {
  return new Date(at).toISOString();
}
