import * as fc from "fast-check";
import { expect, test } from "vitest";
import { messageOf } from "./message.ts";

const messageIn = (body: string) => messageOf(Buffer.from(body));

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
  expect(messageIn(body)).toBe(expected);
});

test.each(["", "   ", "\n\r"])("finds nothing in %j", (body) => {
  expect(messageIn(body)).toBeUndefined();
});

test("does not parse what is nested deeper than 32", () => {
  const body = (depth: number) => `{"detail":"No","x":${"[".repeat(depth)}${"]".repeat(depth)}}`;
  expect(messageIn(body(31))).toBe("No");
  expect(messageIn(body(32))).toBe(body(32));
});

test("reads what is not UTF-8 as far as it is", () => {
  expect(messageOf(Buffer.from([0x4e, 0x6f, 0xff]))).toBe("No\uFFFD");
});

test("makes one short well-formed line of anything", () => {
  const unit = fc.nat(0x10ffff).map((codePoint) => String.fromCodePoint(codePoint));
  const short = fc.string({ unit, maxLength: 20 });
  // Long ones by repetition, for making long random ones takes most of the time.
  const bodies = fc.tuple(short, fc.nat(300)).map(([text, times]) => text.repeat(times));
  fc.assert(
    fc.property(bodies, (body) => {
      const messages = [messageIn(body), messageIn(JSON.stringify({ detail: body }))];
      const texts = messages.filter((message) => message !== undefined);
      expect(texts.filter((text) => !/^[^\p{Cc}]{1,1000}$/u.test(text))).toEqual([]);
      expect(() => texts.map(encodeURIComponent)).not.toThrow();
    }),
  );
});
