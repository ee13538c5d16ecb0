import type { InputDefinition } from "./migration.ts";
import type { StringMap } from "./values.ts";

/** Shorter values are no secrets, and would blot out half of any text. */
const SHORTEST_SECRET = 4;
const BLOT = "•••";

/** A text with the values of secret inputs blotted out: what fails likes to say with what. */
export function withoutSecrets(
  text: string,
  definitions: readonly InputDefinition[],
  inputs: StringMap,
): string {
  return definitions
    .filter(({ name, secret }) => secret === true && Object.hasOwn(inputs, name))
    .map(({ name }) => (inputs[name] ?? "").trim())
    .filter((value) => value.length >= SHORTEST_SECRET)
    .toSorted((a, b) => b.length - a.length)
    .reduce((blotted, value) => blotted.replace(patternOf(value), BLOT), text);
}

/** Matches a secret as messages quote it: a key of many lines on one line, or within JSON. */
function patternOf(secret: string): RegExp {
  const words = secret.split(/\s+/).map((word) => word.replace(/[^\p{L}\p{N}]/gu, quoted));
  return new RegExp(words.join("(?:\\s|\\\\[nrt])+"), "gu");
}

function quoted(character: string): string {
  if (character === "\\") return "\\\\{1,2}";
  return character === '"' ? '\\\\?"' : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
