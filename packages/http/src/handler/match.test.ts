import { LoomError } from "@loom/core";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matchRoute } from "./match.ts";
import { pathBelow, queryOf, rawPathOf } from "./paths.ts";

/** Cheaper than fast-check's own unit of all characters, which takes seconds to set up. */
const anyCharacter = fc
  .oneof(fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((codePoint) => String.fromCodePoint(codePoint));

const codeOf = (act: () => unknown): string | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    return LoomError.is(error) ? error.code : "not a LoomError";
  }
};

describe("matchRoute", () => {
  test("gives every id back as it was encoded, whatever it holds", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: anyCharacter }), (id) => {
        const path = `/migrations/m/candidates/${encodeURIComponent(id)}/start`;
        const match = matchRoute("POST", path);
        expect("route" in match && match.parameters).toEqual({ id: "m", candidateId: id });
      }),
    );
  });

  test.each([
    ["%2f", "/"],
    ["..%2f..%2fhistory", "../../history"],
    ["%2e%2e", ".."],
    ["..", ".."],
    ["%00", "\0"],
    ["%252f", "%2f"],
    ["a+b", "a+b"],
    ["__proto__", "__proto__"],
  ])("reads the candidate %s as %j, once", (segment, candidateId) => {
    expect(matchRoute("GET", `/migrations/m/candidates/${segment}`)).toMatchObject({
      route: { id: "getCandidate" },
      parameters: { candidateId },
    });
  });

  test.each(["%", "%zz", "%e2%82", "%ff", "%ed%a0%80"])("refuses the id %s", (segment) => {
    expect(codeOf(() => matchRoute("GET", `/migrations/${segment}`))).toBe("validation_failed");
  });

  test.each([
    "",
    "/",
    "/migration",
    "/migrations/",
    "//migrations",
    "/migrations//candidates",
    "/Migrations",
    "/migrations/m/candidates/c/start/",
    "/%6digrations",
    "/event",
    "/event/",
    "/constructor",
  ])("finds nothing at %j", (path) => {
    expect(codeOf(() => matchRoute("GET", path))).toBe("not_found");
  });

  test.each([
    ["DELETE", "/migrations", "GET, HEAD"],
    ["GET", "/registry/announce", "POST"],
    ["PUT", "/migrations/m/candidates", "POST, GET, HEAD"],
    ["OPTIONS", "/healthz", "GET, HEAD"],
    ["POST", "/migrations/m/candidates/c/inputs", "PATCH"],
    ["HEAD", "/migrations/m/candidates/c/start", "POST"],
  ])("allows no %s at %s, but %s", (method, path, allow) => {
    expect(matchRoute(method, path)).toEqual({ allow });
  });
});

test.each([
  ["https://loom.example/a%2Fb?c=/d#e", "/a%2Fb"],
  ["http://loom.example:8080", "/"],
  ["http://user@loom.example/..", "/.."],
  ["/a/../b", "/a/../b"],
  ["//a//b?x", "//a//b"],
  ["/a?b=http://c/d", "/a"],
])("the raw path of %s is %s", (url, path) => {
  expect(rawPathOf(url)).toBe(path);
});

test.each([
  ["/loom", "/loom/migrations", "/migrations"],
  ["/loom", "/loom", undefined],
  ["/loom", "/loomy/migrations", undefined],
  ["/loom", "/migrations", undefined],
  ["", "/migrations", "/migrations"],
])("below %j, %s is %j", (basePath, path, below) => {
  expect(pathBelow(basePath, path)).toBe(below);
});

test("a query keeps a name that comes twice as a list, and no prototype", () => {
  expect(queryOf("/x?a=1&b=%20&a=2#c")).toEqual({ a: ["1", "2"], b: " " });
  expect(Object.keys(queryOf("/x?__proto__=1&a=%ff"))).toEqual(["__proto__", "a"]);
  expect(queryOf("/x")).toEqual({});
});
