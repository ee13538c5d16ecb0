import { expect, test } from "vitest";
import { decodeCursor, encodeCursor } from "./cursor.ts";

test("a place of a list comes back from its cursor", () => {
  expect(decodeCursor("candidates", encodeCursor("candidates", "a:{b}é😀"))).toBe("a:{b}é😀");
  expect(decodeCursor("candidates", undefined)).toBe(undefined);
});

for (const cursor of [
  encodeCursor("history", "a"),
  encodeCursor("candidates", "a\0b"),
  Buffer.from('["candidates",5]').toString("base64url"),
  "none",
  "",
])
  test(`${JSON.stringify(cursor)} is no cursor of the list`, () => {
    expect(() => decodeCursor("candidates", cursor)).toThrow(
      expect.objectContaining({ code: "validation_failed" }),
    );
  });
