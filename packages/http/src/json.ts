import { invalidBody } from "./invalid-body.ts";

/** How deep JSON may nest where nobody says otherwise. */
export const JSON_DEPTH = 32;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Reads JSON. @throws LoomError `validation_failed` when it is not UTF-8, not JSON, or nested deeper than `maxDepth` */
export function parseJson(bytes: Uint8Array, maxDepth: number): unknown {
  // Before parsing, for eight megabytes of brackets become a gigabyte of lists.
  if (depthOf(bytes, maxDepth) > maxDepth) throw invalidBody(`is nested deeper than ${maxDepth}`);
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch (error) {
    throw invalidBody("is not JSON in UTF-8", error);
  }
}

/** How deep the brackets outside of strings nest; stops counting beyond `enough`. */
function depthOf(bytes: Uint8Array, enough: number): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < bytes.length && deepest <= enough; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (byte === 0x5b || byte === 0x7b) deepest = Math.max(deepest, (depth += 1));
    else if (byte === 0x5d || byte === 0x7d) depth -= 1;
  }
  return deepest;
}

function endOfString(bytes: Uint8Array, start: number): number {
  let end = bytes.indexOf(QUOTE, start + 1);
  while (end >= 0 && isEscaped(bytes, start, end)) end = bytes.indexOf(QUOTE, end + 1);
  return end < 0 ? bytes.length : end;
}

/** An odd number of backslashes right before. */
function isEscaped(bytes: Uint8Array, start: number, end: number): boolean {
  let at = end;
  while (at - 1 > start && bytes[at - 1] === BACKSLASH) at -= 1;
  return (end - at) % 2 === 1;
}
