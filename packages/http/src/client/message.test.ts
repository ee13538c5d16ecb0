import * as fc from "fast-check";
import { expect, test } from "vitest";
import { messageOf } from "./message.ts";

test.each([
  ['{"title":"Bad","detail":"No such branch"}', "No such branch"],
  ['{"error":"No such branch"}', "No such branch"],
  ['{"error":{"message":"No such branch"}}', "No such branch"],
  ['{"message":"No such branch"}', "No such branch"],
  ['{"title":"Bad request"}', "Bad request"],
  ['"No such branch"', "No such branch"],
  ["No such branch\n", "No such branch"],
  ["two\r\nlines\u0000\u001b[31m", "two lines [31m"],
  ['{"detail":"two\\r\\nlines\\u2028and more"}', "two lines and more"],
  ['{"detail":"half \\ud800"}', "half \uFFFD"],
])("reads %j as %j", (body, expected) => {
  expect(messageOf(body)).toBe(expected);
});

test.each(["", "   ", "\n\r"])("finds nothing in %j", (body) => {
  expect(messageOf(body)).toBeUndefined();
});

test("makes one short well-formed line of anything", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 6_000 }), (body) => {
      for (const message of [messageOf(body), messageOf(JSON.stringify({ detail: body }))]) {
        expect(message ?? "x").toMatch(/^[^\p{Cc}]{1,1000}$/su);
        expect(encodeURIComponent(message ?? "")).toBeTypeOf("string");
      }
    }),
  );
});
