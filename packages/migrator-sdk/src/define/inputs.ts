import * as z from "zod";
import type { InputDefinition } from "../contract.ts";

/** What `.meta({…})` may say of an input. */
interface InputMeta {
  readonly label?: unknown;
  readonly description?: unknown;
  readonly secret?: unknown;
}

/** The inputs that a schema asks for: what an operator sees before a start. */
export function requiredInputsOf(inputs: z.ZodObject): readonly InputDefinition[] {
  return Object.entries(inputs.shape).map(([name, field]) => inputOf(name, field as z.ZodType));
}

function inputOf(name: string, field: z.ZodType): InputDefinition {
  const { label, description, secret } = metaOf(field);
  const words = typeof description === "string" ? description : undefined;
  return {
    name,
    label: typeof label === "string" ? label : (words ?? humanised(name)),
    ...(words !== undefined && { description: words }),
    ...(field.safeParse(undefined).success && { optional: true }),
    ...(secret === true && { secret: true }),
  };
}

/** What is said of a field or of what it wraps: `.describe(…).optional()` says it of the inner one. The outer one wins. */
function metaOf(field: z.ZodType): InputMeta {
  const inner = wrapped(field);
  return { ...(inner && metaOf(inner)), ...(z.globalRegistry.get(field) as InputMeta | undefined) };
}

function wrapped(field: z.ZodType): z.ZodType | undefined {
  const { innerType, in: piped } = field.def as { innerType?: z.ZodType; in?: z.ZodType };
  return innerType ?? piped;
}

/** `targetVersion` and `target-version` are both "Target version". */
function humanised(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/[-_.\s]+/g, " ")
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1) || name;
}
