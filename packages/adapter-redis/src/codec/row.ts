/** Values by their place, so that no names have to be kept. What is absent at the end is left out, and `null` elsewhere. */
export function rowOf(...values: readonly unknown[]): readonly unknown[] {
  return values.slice(0, values.findLastIndex((each) => each !== undefined) + 1);
}

/** What has no place of its own, such as a property that a newer Loom knows; nothing when there is none. */
export function leftOver(rest: object): object | undefined {
  for (const _ in rest) return rest;
  return undefined;
}

/** A property with its value; none for what is absent in a row. */
export function named<Name extends string, T>(
  name: Name,
  value: T | null | undefined,
): { [N in Name]?: T } {
  return value === null || value === undefined ? {} : ({ [name]: value } as { [N in Name]?: T });
}
