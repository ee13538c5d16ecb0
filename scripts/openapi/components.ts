import * as wire from "@loom/core/wire";
import * as z from "zod";

/** Schemas that are no components: they are written out where they are used. */
const INLINE = ["CandidateListSchema", "CandidateQuerySchema", "ListOptionsSchema"];

/** Every schema of the contract by the name of its type. */
export function namedSchemas(): Record<string, z.ZodType> {
  const named = Object.entries(wire).flatMap(([name, schema]) =>
    schema instanceof z.ZodType && !INLINE.includes(name)
      ? [[name.replace(/Schema$/, ""), schema] as const]
      : [],
  );
  return Object.fromEntries(named);
}

/** The fields of an object schema, behind the preprocessing that reads it. */
function fieldsOf(schema: z.core.$ZodType): z.core.$ZodShape {
  if (schema instanceof z.ZodPipe) return fieldsOf(schema.out);
  if (schema instanceof z.ZodObject) return schema.shape;
  throw new TypeError("Only the fields of an object can be parameters.");
}

/** The fields as parameters, each with its description where tools look for it: on the outside. */
export function parametersOf(schema: z.ZodType): z.ZodObject {
  const fields = Object.entries(fieldsOf(schema)).map(([name, field]) => [name, outspoken(field)]);
  return z.object(Object.fromEntries(fields));
}

function outspoken(field: z.core.$ZodType): z.core.$ZodType {
  if (!(field instanceof z.ZodExactOptional)) return field;
  const { description } = z.globalRegistry.get(field.unwrap()) ?? {};
  return description === undefined ? field : field.describe(description);
}
