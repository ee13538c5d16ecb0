import * as z from "zod";
import { utf8Length } from "../domain/ids.ts";
import type { StringMap } from "../domain/values.ts";
import { LIMITS } from "./limits.ts";
import { isFields } from "./object.ts";
import { contentProblem } from "./text.ts";

/** A name in a string map that JavaScript takes for something else: whoever copies by assignment would lose it. */
const RESERVED_KEY = "__proto__";

/** Opaque strings by name: metadata, state, config and inputs. */
export const StringMapSchema = stringMap(LIMITS.mapEntries).describe(
  "Opaque strings by name. Keys of 1 to 128 characters (not `__proto__`), values of at most 16 KiB of UTF-8.",
);

/**
 * A string map that Loom put together from several, such as metadata merged over many reports. Its bound is where it grows
 * (`run/report.ts`): a reader that counted too would refuse what Loom holds rightly.
 */
export const MergedStringMapSchema = stringMap().describe(
  "Opaque strings by name, put together by Loom; it may hold more entries than one request.",
);

/** Says what is wrong with a key, as the end of a sentence about the map, or nothing. */
export function mapKeyProblem(key: string): string | undefined {
  if (key === "") return "has an empty key; name it or leave it out";
  if (key === RESERVED_KEY) return `has the key ${RESERVED_KEY}, which is reserved; rename it`;
  if (key.length > LIMITS.mapKey)
    return `has a key longer than ${LIMITS.mapKey} characters; shorten it`;
  return contentProblem(key) && `has a key with NUL or a lone surrogate; rename it`;
}

/** A copy of its own: a plain object on which every key of the sender's is an own property. */
function stringMap(maxEntries?: number): z.ZodType<StringMap> {
  const shown = { ...(maxEntries !== undefined && { maxProperties: maxEntries }) };
  return z
    .preprocess(
      (value, context) => checked(value, maxEntries, context),
      z.record(z.string().meta({ minLength: 1, maxLength: LIMITS.mapKey }), z.string()),
    )
    .meta(shown);
}

function checked(value: unknown, max: number | undefined, context: z.RefinementCtx): unknown {
  if (!isFields(value)) return value;
  if (!isPlain(value)) return refuse(context, "must be a plain object; copy its entries into one");
  const entries = Object.entries(value);
  if (max !== undefined && entries.length > max)
    return refuse(context, `has ${entries.length} entries; send at most ${max}`);
  for (const [key, entry] of entries) checkEntry(key, entry, context);
  return value;
}

function checkEntry(key: string, value: unknown, context: z.RefinementCtx): void {
  const keyProblem = mapKeyProblem(key);
  const message = keyProblem ?? valueProblem(value);
  if (message) context.addIssue({ code: "custom", message, path: keyProblem ? [] : [key] });
}

function refuse(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: "custom", message });
  return z.NEVER;
}

function valueProblem(value: unknown): string | undefined {
  if (typeof value !== "string") return "must be text; write it as a string or leave the key out";
  if (isLongerThan(value, LIMITS.mapValueBytes))
    return "is longer than 16 KiB of UTF-8; shorten it";
  return contentProblem(value);
}

function isLongerThan(value: string, bytes: number): boolean {
  return value.length > bytes || (value.length * 3 > bytes && utf8Length(value) > bytes);
}

/** Whether a value is an object as JSON has it: an instance of a class or a `Map` would lose what it holds. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
