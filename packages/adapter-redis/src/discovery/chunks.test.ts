import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chunksOf, MOST_AT_ONCE } from "./chunks.ts";

const MIB = 1024 * 1024;

describe("a list that is merged in parts", () => {
  test("keeps its order and all of it, in parts of at most a mebibyte and five hundred", () => {
    const size = fc.oneof(fc.nat(20), fc.integer({ min: 1, max: 300_000 }));
    const sizes = fc.array(size, { maxLength: 40 });
    fc.assert(
      fc.property(sizes, (given) => {
        const candidates = given.map((count, n) => ({
          id: `c${n}`,
          metadata: { text: "x".repeat(count) },
        }));
        const chunks = [...chunksOf(candidates)];
        expect(chunks.flat().map(({ id }) => id)).toEqual(candidates.map(({ id }) => id));
        for (const chunk of chunks)
          expect(chunk.reduce((sum, { data }) => sum + data.length, 0)).toBeLessThan(MIB);
      }),
      { numRuns: 30 },
    );
    const many = Array.from({ length: 2 * MOST_AT_ONCE + 1 }, (_, n) => ({ id: `c${n}` }));
    expect([...chunksOf(many)].map(({ length }) => length)).toEqual([500, 500, 1]);
  });

  test("gives one that is larger by itself a part of its own", () => {
    const huge = { id: "huge", metadata: { text: "x".repeat(2 * MIB) } };
    const parts = [...chunksOf([{ id: "a" }, huge, { id: "b" }])];
    expect(parts.map((part) => part.map(({ id }) => id))).toEqual([["a"], ["huge"], ["b"]]);
  });
});
