import type { Page } from "@loom/core";

/** A page of items of which one more than `limit` was asked for, so that a cursor is given only when there are more. */
export function pageOf<Item, T>(
  found: readonly Item[],
  limit: number,
  { read, cursor }: { readonly read: (item: Item) => T; readonly cursor: (last: Item) => string },
): Page<T> {
  const taken = found.slice(0, limit);
  const last = taken.at(-1);
  const items = taken.map((item) => read(item));
  return found.length > limit && last !== undefined
    ? { items, nextCursor: cursor(last) }
    : { items };
}
