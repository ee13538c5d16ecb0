import * as fc from "fast-check";
import { expect, test } from "vitest";
import { byCodePoint } from "./code-points.ts";

const border = fc.constantFrom("\u{d7ff}", "\u{e000}", "\u{ffff}", "\u{10000}", "\u{10ffff}", "a");
const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: border }));

test("texts are in the order of their UTF-8", () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      const found = Math.sign(byCodePoint(a, b));
      expect(found).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});
