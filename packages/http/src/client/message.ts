import { JSON_DEPTH, parseJson } from "../json.ts";

const LONGEST = 1_000;
const FIELDS = ["detail", "error", "message", "title"];

/** What the body of a refusal says, for people: one line without control characters; `undefined` when it says nothing. */
export function messageOf(body: Uint8Array): string | undefined {
  const text = sentence(fromJson(body) ?? Buffer.from(body).toString());
  return text === "" ? undefined : text;
}

function fromJson(body: Uint8Array): string | undefined {
  const value = parsed(body);
  if (typeof value === "string") return value;
  for (const field of FIELDS) {
    const found = fieldOf(value, field);
    if (typeof found === "string" && found !== "") return found;
    const nested = fieldOf(found, "message");
    if (typeof nested === "string" && nested !== "") return nested;
  }
  return undefined;
}

function parsed(body: Uint8Array): unknown {
  try {
    return parseJson(body, JSON_DEPTH);
  } catch {
    return undefined;
  }
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, field)
    ? (value as Record<string, unknown>)[field]
    : undefined;
}

function sentence(text: string): string {
  const line = text
    .slice(0, LONGEST * 4)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
  return wellFormed(line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line);
}

/** A cut may halve a character, and JSON can spell half ones. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
