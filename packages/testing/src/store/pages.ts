import type { Page } from "@loom/core";

/** More pages than any test needs: a list that goes on for ever is told so. */
const MOST_PAGES = 2_000;

/** The items of all pages, from a cursor on. */
export async function allPages<T>(
  page: (from: { readonly cursor?: string }) => Promise<Page<T>>,
  from?: string,
): Promise<T[]> {
  const items: T[] = [];
  let cursor = from;
  for (let n = 0; n < MOST_PAGES; n++) {
    const next = await page(cursor === undefined ? {} : { cursor });
    items.push(...next.items);
    cursor = next.nextCursor;
    if (cursor === undefined) return items;
  }
  throw new Error("the list has no last page");
}
