import { LoomError } from "@loom/core/errors";
import type * as z from "zod";
import type { StringMap } from "../contract.ts";

/**
 * Reads a map of strings by a schema, or gives it back where there is none. Only the fields of the schema are looked at.
 *
 * @param what names the map in the message, such as `config`
 * @throws LoomError `validation_failed`, naming each field that the schema refuses; a value is never repeated
 */
export function readText(
  schema: z.ZodObject | undefined,
  text: StringMap,
  what: string,
): StringMap {
  if (!schema) return text;
  const known = Object.entries(text).filter(([name]) => Object.hasOwn(schema.shape, name));
  const result = schema.safeParse(Object.fromEntries(known));
  if (result.success) return result.data as StringMap;
  const issues = result.error.issues.map(({ path, message }) => ({
    path: [what, ...path].map(String).join("."),
    message,
  }));
  const told = issues.map(({ path, message }) => `${path}: ${message}`).join("; ");
  throw new LoomError("validation_failed", told, { details: { issues } });
}

/** Those entries that the schema takes, each by itself; all of them where there is no schema. */
export function readKnown(schema: z.ZodObject | undefined, text: StringMap): Partial<StringMap> {
  if (!schema) return text;
  const read: Record<string, string> = {};
  for (const [name, value] of Object.entries(text)) {
    const field = Object.hasOwn(schema.shape, name) ? schema.shape[name] : undefined;
    const result = (field as z.ZodType | undefined)?.safeParse(value);
    if (result?.success) read[name] = result.data as string;
  }
  return read;
}

/** Checks what a handler wants to report, each entry by itself. @throws LoomError `validation_failed` */
export function checkWritten(schema: z.ZodObject | undefined, text: StringMap): StringMap {
  if (!schema) return text;
  for (const name of Object.keys(text))
    if (Object.hasOwn(schema.shape, name)) {
      const result = (schema.shape[name] as z.ZodType).safeParse(text[name]);
      if (!result.success)
        throw new LoomError(
          "validation_failed",
          `metadata.${name}: ${result.error.issues[0]?.message ?? "is not valid"}`,
        );
    }
  return text;
}
