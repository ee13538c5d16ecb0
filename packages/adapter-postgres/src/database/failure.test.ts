import { LoomError } from "@loom/core";
import { expect, test } from "vitest";
import { loomErrorOf } from "./failure.ts";

const PLAN = { schema: "loom", remedy: "run store.migrate()" };
const SECRET = "SELECT password FROM users at 10.0.0.7:5432";

function failing(code?: string): Error {
  return Object.assign(new Error(SECRET), code === undefined ? {} : { code });
}

for (const [what, code] of Object.entries({
  "a full disk": "53100",
  "too little memory": "53200",
  "too many connections": "53300",
  "a server that shuts down": "57P01",
  "a server that starts": "57P03",
  "a statement that ran too long": "57014",
  "a lock that was not to be had": "55P03",
  "a read-only replica": "25006",
  "a wrong password": "28P01",
  "a broken disk": "58030",
  "a reset connection": "ECONNRESET",
  "a broken pipe": "EPIPE",
  "a name that does not resolve": "ENOTFOUND",
  "an ended pool": undefined,
}))
  test(`takes ${what} for an unavailable store`, () => {
    const error = loomErrorOf(failing(code), PLAN);
    expect(LoomError.is(error, "store_unavailable")).toBe(true);
    expect(error).toMatchObject({ retryable: true });
  });

for (const [what, code] of Object.entries({
  "a missing schema": "3F000",
  "a missing table": "42P01",
  "a missing column": "42703",
  "a missing right": "42501",
  "an unknown prepared statement": "26000",
}))
  test(`takes ${what} for a wrong configuration`, () => {
    expect(LoomError.is(loomErrorOf(failing(code), PLAN), "invalid_configuration")).toBe(true);
  });

for (const [what, code, remedy] of [
  ["a full disk", "53100", /is full: free some room/],
  ["a read-only server", "25006", /read-only here: a replica/],
] as const)
  test(`tells ${what} and what to do about it`, () => {
    expect(loomErrorOf(failing(code), PLAN)).toMatchObject({
      message: expect.stringMatching(remedy),
    });
  });

test("never shows what Postgres said, and keeps it for the logs", () => {
  for (const code of ["53100", "22P05", "23505", "XX000", "42P01", undefined]) {
    const cause = failing(code);
    const error = loomErrorOf(cause, PLAN);
    expect(error).toMatchObject({ cause });
    expect(String(error)).not.toContain("password");
    expect(String(error)).not.toContain("10.0.0.7");
  }
});

test("lets a mistake of a program through as it is", () => {
  const mistake = new TypeError("x is not a function");
  expect(loomErrorOf(mistake, PLAN)).toBe(mistake);
});
