import * as fc from "fast-check";
import { expect, test } from "vitest";
import { byCodePoint } from "@loom/core";
import { createSortedIds } from "./sorted-ids.ts";

const anyId = fc.oneof(fc.string({ maxLength: 2 }), fc.string({ unit: "binary", maxLength: 2 }));
const deed = fc.tuple(fc.constantFrom("add", "delete", "read"), anyId);

test("sorted ids are those that were added and not deleted, in order, from any point", () => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 100 }), (deeds) => {
      const ids = createSortedIds();
      const model = new Set<string>();
      for (const [what, each] of deeds) {
        if (what === "add") ids.add(each);
        if (what === "delete") ids.delete(each);
        if (what === "add") model.add(each);
        if (what === "delete") model.delete(each);
        expect(ids.size).toBe(model.size);
        // Reading brings the order up to date, so it must not happen after every change.
        const read = what === "read" ? [...ids.after(each)] : later(model, each);
        expect(read).toEqual(later(model, each));
      }
      expect([...ids.after()]).toEqual([...model].toSorted(byCodePoint));
    }),
  );
});

test("ids that are being read stay as they were when the reading began", () => {
  const ids = createSortedIds();
  for (const each of ["a", "b", "c"]) ids.add(each);
  const seen = [];
  for (const each of ids.after()) {
    ids.delete(each);
    ids.add(`${each}${each}`);
    seen.push(each);
  }
  expect([seen, [...ids.after()]]).toEqual([
    ["a", "b", "c"],
    ["aa", "bb", "cc"],
  ]);
});

function later(ids: ReadonlySet<string>, id: string): string[] {
  return [...ids].filter((each) => byCodePoint(each, id) > 0).toSorted(byCodePoint);
}
