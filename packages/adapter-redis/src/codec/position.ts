import type { Position } from "@loom/core";
import { STATUS_CODES, wordOf } from "./codes.ts";

/** Status and attempt in one short text, so that scripts compare both at once. */
export function packPosition({ status, attempt }: Position): string {
  return `${STATUS_CODES[status]}${attempt}`;
}

/** The inverse of {@link packPosition}. */
export function unpackPosition(packed: string): Position {
  return { status: wordOf(STATUS_CODES, packed[0]), attempt: Number(packed.slice(1)) };
}
