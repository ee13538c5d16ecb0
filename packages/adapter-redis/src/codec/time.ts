import type { Timestamp } from "@loom/core";

const OTHER = "!";
/** The highest that numbers can be written in. */
const BASE = 36;

/** What was packed last: a change names its moment several times. */
let latest = { at: "", packed: OTHER };

/** A moment in eight signs. Text that is none is kept as it is, behind a sign. */
export function packTime(at: Timestamp): string {
  if (at !== latest.at) latest = { at, packed: pack(at) };
  return latest.packed;
}

function pack(at: Timestamp): string {
  const milliseconds = Date.parse(at);
  const isExact = !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === at;
  return isExact ? milliseconds.toString(BASE) : OTHER + at;
}

/** The inverse of {@link packTime}. */
export function unpackTime(packed: string): Timestamp {
  if (packed.startsWith(OTHER)) return packed.slice(1);
  return new Date(Number.parseInt(packed, BASE)).toISOString();
}
