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
    .map(({ name }) => inputs[name] ?? "")
    .filter((value) => value.length >= SHORTEST_SECRET)
    .toSorted((a, b) => b.length - a.length)
    .reduce((blotted, value) => blotted.replaceAll(value, BLOT), text);
}
