import fc from "fast-check";
import { expect, test } from "vitest";
import {
  callbackIdProblem,
  candidateIdProblem,
  isWellFormed,
  migrationIdProblem,
  parseRunId,
  runIdOf,
  stepNameProblem,
  utf8Length,
} from "./ids.ts";

const migrationIds = fc
  .stringMatching(/^[a-z0-9][a-z0-9._-]{0,99}$/)
  .filter((id) => migrationIdProblem(id) === undefined);

const hostilePieces = fc.constantFrom("__", "_", "/", "{}", ":", "..", "%2f", "é", "💡", " ", "a");
const candidateIds = fc
  .oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 200 }),
    fc.array(hostilePieces, { minLength: 1, maxLength: 50 }).map((pieces) => pieces.join("")),
  )
  .filter((id) => candidateIdProblem(id) === undefined);

test("a run id parses to the ids that it was made of, whatever they hold", () => {
  fc.assert(
    fc.property(migrationIds, candidateIds, (migrationId, candidateId) => {
      expect(parseRunId(runIdOf(migrationId, candidateId))).toEqual({ migrationId, candidateId });
    }),
    { numRuns: 2_000 },
  );
});

test("no two pairs of ids share a run id", () => {
  fc.assert(
    fc.property(migrationIds, candidateIds, migrationIds, candidateIds, (m1, c1, m2, c2) => {
      expect(runIdOf(m1, c1) === runIdOf(m2, c2)).toBe(m1 === m2 && c1 === c2);
    }),
  );
});

test("text that is no run id is not parsed", () => {
  for (const text of ["", "a", "a_b", "__b", "a__", "A__b", "a__..", "a__b\n", "L1.x__y"])
    expect(parseRunId(text)).toBeUndefined();
});

test.each(["a", "0", "chart-upgrade", "a_b.c-d", "a".repeat(100)])("%j is a migration id", (id) =>
  expect(migrationIdProblem(id)).toBeUndefined(),
);

test.each(["", "A", "-a", ".a", "_a", "a__b", "a_", "a/b", "a b", "é", "a\n", "a".repeat(101)])(
  "%j is no migration id",
  (id) => expect(migrationIdProblem(id)).toEqual(expect.any(String)),
);

test.each([
  "billing-api",
  "kafka/topic:{eu}__v1",
  "...",
  "__proto__",
  "constructor",
  "%2f",
  " ",
  "a".repeat(200),
  "é".repeat(200),
  "💡".repeat(100),
])("%j is a candidate id", (id) => expect(candidateIdProblem(id)).toBeUndefined());

test.each([
  "",
  ".",
  "..",
  "a\0",
  "a\r\n",
  "a\u0085",
  "\uD800",
  "\uDC00a",
  "a".repeat(201),
  "€".repeat(134),
])("%j is no candidate id", (id) => expect(candidateIdProblem(id)).toEqual(expect.any(String)));

test("a candidate id ends at 400 bytes", () => {
  expect(candidateIdProblem("€".repeat(133))).toBeUndefined();
  expect(candidateIdProblem(`${"€".repeat(133)}a`)).toBeUndefined();
  expect(candidateIdProblem(`${"€".repeat(133)}aa`)).toContain("400 bytes");
});

test("a step name ends at 128 characters", () => {
  expect(stepNameProblem("s".repeat(128))).toBeUndefined();
  expect(stepNameProblem("s".repeat(129))).toContain("128");
  expect(stepNameProblem("")).toContain("empty");
});

test("a callback id is safe in a path as it is, and never a run id", () => {
  expect(callbackIdProblem("L1.aZ-_.09")).toBeUndefined();
  expect(callbackIdProblem(`L1.${"a".repeat(1_997)}`)).toBeUndefined();
  for (const id of [
    "",
    "L1.",
    "L1",
    "l1.a",
    "L1.a/b",
    "L1.a%2f",
    "L1.a\n",
    `L1.${"a".repeat(1_998)}`,
  ])
    expect(callbackIdProblem(id)).toEqual(expect.any(String));
  fc.assert(
    fc.property(migrationIds, candidateIds, (m, c) => Boolean(callbackIdProblem(runIdOf(m, c)))),
  );
});

const anyText = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
  .map((units) => String.fromCharCode(...units));

test("text is well formed when it survives UTF-8", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(isWellFormed(text)).toBe(Buffer.from(text, "utf8").toString("utf8") === text);
    }),
  );
});

test("the length of well-formed text is what it takes in UTF-8", () => {
  fc.assert(
    fc.property(anyText.filter(isWellFormed), (text) => {
      expect(utf8Length(text)).toBe(Buffer.byteLength(text));
    }),
  );
});
