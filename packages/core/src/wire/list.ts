import * as z from "zod";

/** A list of at most `max` items. A longer one is refused before any item is read. */
export function list<T>(item: z.ZodType<T>, max: number): z.ZodType<T[]> {
  return z.preprocess((value, context) => {
    const message = lengthProblem(value, max);
    if (message) context.addIssue({ code: "custom", message });
    return value;
  }, z.array(item).max(max));
}

/** Says that a list is too long, or nothing. */
export function lengthProblem(value: unknown, max: number): string | undefined {
  if (!Array.isArray(value) || value.length <= max) return undefined;
  return `has ${value.length} items; send at most ${max}`;
}

/** A check that no two items of a list have the same key; `what` says what repeats. */
export function unique<T>(keyOf: (item: T) => string, field: string, what: string) {
  return (context: z.core.ParsePayload<T[]>): void => {
    for (const { index, first } of repeats(context.value.map(keyOf)))
      context.issues.push({
        code: "custom",
        message: `repeats the ${field} of item ${first}; ${what}`,
        path: [index, field],
        input: undefined,
      });
  };
}

/** Where a key repeats an earlier one. */
export function repeats(keys: readonly string[]): { index: number; first: number }[] {
  const seen = new Map<string, number>();
  return keys.flatMap((key, index) => {
    const first = seen.get(key);
    if (first === undefined) seen.set(key, index);
    return first === undefined ? [] : [{ index, first }];
  });
}
