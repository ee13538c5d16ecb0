import { overlaid } from "../domain/inputs.ts";
import type { InputDefinition } from "../domain/migration.ts";
import type { StringMap } from "../domain/values.ts";
import { LoomError } from "../errors.ts";

/** @throws LoomError `unknown_input` when a name is none of the migration's */
export function guardKnownInputs(
  definitions: readonly InputDefinition[],
  inputs: StringMap | undefined,
): void {
  const known = new Set(definitions.map(({ name }) => name));
  const unknown = Object.keys(inputs ?? {}).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  const expected = known.size > 0 ? `It takes ${[...known].join(", ")}.` : "It takes none.";
  throw new LoomError(
    "unknown_input",
    `The migration has no input ${unknown.join(", ")}. ${expected}`,
    {
      details: { inputs: unknown },
    },
  );
}

/** @throws LoomError `missing_inputs` when a required one is met neither by an input nor by metadata of its name */
export function guardRequiredInputs(
  definitions: readonly InputDefinition[],
  inputs: StringMap,
  metadata: StringMap | undefined,
): void {
  const missing = missingInputs(definitions, inputs, metadata);
  if (missing.length === 0) return;
  throw new LoomError("missing_inputs", `Give values for the inputs ${missing.join(", ")}.`, {
    details: { inputs: missing },
  });
}

/** The names of required inputs that are met by nothing in what the migrator would see; an empty value meets nothing. */
export function missingInputs(
  definitions: readonly InputDefinition[],
  inputs: StringMap,
  metadata: StringMap | undefined,
): string[] {
  const seen = overlaid(metadata, inputs);
  return definitions
    .filter(({ optional }) => !optional)
    .map(({ name }) => name)
    .filter((name) => !Object.hasOwn(seen, name) || seen[name] === "");
}
