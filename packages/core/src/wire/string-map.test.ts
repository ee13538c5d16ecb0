import fc from "fast-check";
import { expect, test } from "vitest";
import { LoomError } from "../errors.ts";
import { MergedStringMapSchema, parse, StartOptionsSchema, StringMapSchema } from "./index.ts";

const hostileKeys = fc.constantFrom(
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "__defineGetter__",
  "valueOf",
  "0",
  "-1",
  "then",
  "é💡",
);
const keys = fc.oneof(hostileKeys, fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }));
const maps = fc
  .array(fc.tuple(keys, fc.string({ unit: "grapheme" })), { maxLength: 64 })
  .map((entries) => Object.fromEntries(entries.filter(([key]) => key !== "__proto__")))
  .filter((map) => !JSON.stringify(map).includes("\\u0000"));

const mapOf = (entries: number) =>
  Object.fromEntries(Array.from({ length: entries }, (_, i) => [`k${i}`, "v"]));
const issuesOf = (value: unknown) => {
  try {
    parse(StartOptionsSchema, { inputs: value });
    return [];
  } catch (error) {
    return LoomError.is(error) ? error.details.issues : [];
  }
};

test("every map is read to the same entries, as own properties of a plain object of its own", () => {
  fc.assert(
    fc.property(maps, (map) => {
      const read = parse(StringMapSchema, JSON.parse(JSON.stringify(map)));
      expect(Object.entries(read)).toEqual(Object.entries(map));
      expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
      expect(read).not.toBe(map);
    }),
  );
});

test("a map without a prototype is read like any other", () => {
  const map: Record<string, string> = Object.assign(Object.create(null), { constructor: "x" });
  expect(parse(StringMapSchema, map)).toEqual({ constructor: "x" });
});

test("the key __proto__ is refused, not lost, and pollutes nothing", () => {
  const hostile: unknown = JSON.parse('{"__proto__": "x", "a": "b"}');
  expect(issuesOf(hostile)).toEqual([
    { path: "inputs", message: "has the key __proto__, which is reserved; rename it" },
  ]);
  expect(issuesOf(JSON.parse('{"__proto__": {"polluted": "yes"}}'))).toHaveLength(1);
  expect(Object.prototype).not.toHaveProperty("polluted");
});

test("a map holds 64 entries and no more, unless Loom put it together", () => {
  expect(Object.keys(parse(StringMapSchema, mapOf(64)))).toHaveLength(64);
  expect(issuesOf(mapOf(65))).toEqual([
    { path: "inputs", message: "has 65 entries; send at most 64" },
  ]);
  expect(Object.keys(parse(MergedStringMapSchema, mapOf(1_000)))).toHaveLength(1_000);
});

test("a key has 1 to 128 characters", () => {
  expect(issuesOf({ ["k".repeat(128)]: "v" })).toEqual([]);
  expect(issuesOf({ ["k".repeat(129)]: "v" })?.[0]?.message).toContain("128");
  expect(issuesOf({ "": "v" })?.[0]?.message).toContain("empty key");
});

test.each([
  ["a", 16_384, 16_385],
  ["é", 8_192, 8_193],
  ["€", 5_461, 5_462],
  ["💡", 4_096, 4_097],
])("a value of %j ends at 16 KiB of UTF-8", (character, last, tooMany) => {
  expect(issuesOf({ k: character.repeat(last) })).toEqual([]);
  expect(issuesOf({ k: character.repeat(tooMany) })).toEqual([
    { path: "inputs.k", message: "is longer than 16 KiB of UTF-8; shorten it" },
  ]);
});

test.each([["\0"], ["\uD800"], ["a\uDC00"]])(
  "text with %j is refused as value and as key",
  (text) => {
    expect(issuesOf({ k: text })?.[0]?.path).toBe("inputs.k");
    expect(issuesOf({ [text]: "v" })?.[0]?.path).toBe("inputs");
  },
);

test.each([[1], [true], [null], [undefined], [{}], [["a"]]])(
  "the value %j is not text",
  (value) => {
    expect(issuesOf({ k: value })).toEqual([
      { path: "inputs.k", message: "must be text; write it as a string or leave the key out" },
    ]);
  },
);

test("what is no map as JSON has it is refused, for its entries would be lost", () => {
  for (const value of [[], "text", 1, true, new Map([["a", "b"]]), new Date(0)])
    expect(issuesOf(value)?.[0]?.path).toBe("inputs");
});
