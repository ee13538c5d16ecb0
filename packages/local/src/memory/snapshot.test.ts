import * as fc from "fast-check";
import { expect, test } from "vitest";
import { snapshot } from "./snapshot.ts";

const json = fc.jsonValue({ depthSize: "medium" });

test("a snapshot equals what it was made of, and is another value, frozen in all its parts", () => {
  fc.assert(
    fc.property(json, (value) => {
      const copy = snapshot(value);
      expect(copy).toEqual(value);
      expect(isFrozenThrough(copy)).toBe(true);
      expect(Object.is(copy, value)).toBe(typeof value !== "object" || value === null);
    }),
  );
});

test("a snapshot of a snapshot is the same value, also within a new one", () => {
  const inner = snapshot({ a: [1, 2] });
  expect(snapshot(inner)).toBe(inner);
  expect(snapshot({ inner }).inner).toBe(inner);
});

test("a snapshot keeps a key named __proto__ as data and leaves out what is undefined", () => {
  const value = JSON.parse('{"__proto__": {"polluted": true}}');
  const copy = snapshot({ value, absent: undefined });
  expect(Object.keys(copy)).toEqual(["value"]);
  expect(Object.hasOwn(copy.value, "__proto__")).toBe(true);
  expect(Object.getPrototypeOf(copy.value)).toBe(Object.prototype);
});

test("a frozen value of somebody else is copied all the same", () => {
  const inner = { changes: 1 };
  const copy = snapshot(Object.freeze({ inner }));
  inner.changes = 2;
  expect(copy).toEqual({ inner: { changes: 1 } });
});

function isFrozenThrough(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isFrozenThrough);
}
