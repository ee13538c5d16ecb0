/** Whether a thing can be gone through at once; a text can, but is no list of anything. */
export function isIterable(thing: unknown): boolean {
  return typeof thing === "object" && thing !== null && Symbol.iterator in thing;
}

/** Whether a thing can be gone through, at once or as it comes. */
export function isAnyIterable(thing: unknown): boolean {
  return (
    isIterable(thing) ||
    (typeof thing === "object" && thing !== null && Symbol.asyncIterator in thing)
  );
}
