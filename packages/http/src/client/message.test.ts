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
  const unit = fc.nat(0x10ffff).map((codePoint) => String.fromCodePoint(codePoint));
  const short = fc.string({ unit, maxLength: 20 });
  // Long ones by repetition, for making long random ones takes most of the time.
  const bodies = fc.tuple(short, fc.nat(300)).map(([text, times]) => text.repeat(times));
  fc.assert(
    fc.property(bodies, (body) => {
      const messages = [messageOf(body), messageOf(JSON.stringify({ detail: body }))];
      const texts = messages.filter((message) => message !== undefined);
      expect(texts.filter((text) => !/^[^\p{Cc}]{1,1000}$/u.test(text))).toEqual([]);
      expect(() => texts.map(encodeURIComponent)).not.toThrow();
    }),
  );
});
