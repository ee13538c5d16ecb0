import * as z from "zod";

/** How an object is read. */
export interface ReadOptions {
  /** Empty text stands for an absent field, as in `?status=&kind=`. */
  readonly blankIsAbsent?: boolean;
  /** Old names of fields, read when the new name is absent. */
  readonly aliases?: Readonly<Record<string, string>>;
}

type Shape = z.core.$ZodShape;
type Fields = Record<string, unknown>;

/**
 * An object of which only the fields of the shape are read: all others are dropped, so that newer senders are understood.
 * `null` and `undefined` stand for an absent field, as many languages write it.
 */
export function object<S extends Shape>(
  shape: S,
  options: ReadOptions = {},
): z.ZodType<z.output<z.ZodObject<S>>> {
  const keys = Object.keys(shape);
  return z.preprocess(
    (value) => (isFields(value) ? read(value, keys, options) : value),
    z.object(shape),
  );
}

/** Whether a value has named fields. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function read(value: Fields, keys: readonly string[], options: ReadOptions): Fields {
  const fields: Fields = {};
  for (const key of keys) {
    const field =
      present(value[key], options) ?? present(value[options.aliases?.[key] ?? key], options);
    if (field !== undefined) fields[key] = field;
  }
  return fields;
}

function present(field: unknown, options: ReadOptions): unknown {
  return field === null || (options.blankIsAbsent && field === "") ? undefined : field;
}
