import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseJson } from "./json.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

// Without a backslash, for V8 14.6 reads a key of one escaped character wrongly once it has seen one that is a backslash
// (nodejs/node#63785).
const stringUnit = fc.constantFrom('"', "[", "]", "{", "}", ",", "a", "\n", "é", "🧵");

test("reads what JSON.parse reads", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6, stringUnit }), (text) => {
      expect(parseJson(bytes(text), 32)).toEqual(JSON.parse(text));
    }),
  );
});

const isRead = (value: unknown, maxDepth: number): boolean => {
  try {
    parseJson(bytes(JSON.stringify(value)), maxDepth);
    return true;
  } catch {
    return false;
  }
};

test("finds the depth of any value, whatever its strings hold", () => {
  const depthOf = (value: unknown): number =>
    typeof value === "object" && value !== null
      ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
      : 0;
  const strings = fc.stringMatching(/^[\\"[\]{}a]{0,6}$/);
  const values = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 8 },
      strings,
      fc.array(tie("node"), { maxLength: 3 }),
      fc.dictionary(strings, tie("node"), { maxKeys: 3, noNullPrototype: true }),
    ),
  })).node;
  fc.assert(
    fc.property(values, fc.nat(8), (value, max) => {
      expect(isRead(value, max)).toBe(depthOf(value) <= max);
    }),
  );
});

test("refuses eight megabytes of brackets without parsing them", () => {
  expect(() => parseJson(bytes("[".repeat(8 << 20)), 32)).toThrow("nested deeper than 32");
});

test.each(["{", "", "{'a':1}", '"', '"\\', "nul", "1 2"])("refuses %j", (text) => {
  expect(() => parseJson(bytes(text), 32)).toThrow("not JSON in UTF-8");
});

test("refuses bytes that are not UTF-8", () => {
  expect(() => parseJson(new Uint8Array([0x22, 0xff, 0x22]), 32)).toThrow("not JSON in UTF-8");
  expect(() => parseJson(new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]), 32)).toThrow("UTF-8");
});
