import { expect, test } from "vitest";
import { LoomError } from "../errors.ts";
import { CandidateQuerySchema, ListOptionsSchema, parse } from "./index.ts";

test("a query without a limit has the limit 100", () => {
  expect(parse(CandidateQuerySchema, {})).toStrictEqual({ limit: 100 });
  expect(parse(ListOptionsSchema, { limit: null })).toStrictEqual({ limit: 100 });
});

test.each([
  ["1", 1],
  ["500", 500],
  [500, 500],
  ["007", 7],
  ["", 100],
])("a limit of %j is read as %i", (limit, expected) => {
  expect(parse(CandidateQuerySchema, { limit }).limit).toBe(expected);
});

test.each([
  "1e9",
  "abc",
  "0",
  "501",
  "-1",
  "1.5",
  " 5",
  "0x10",
  "9".repeat(400),
  0,
  501,
  1.5,
  Number.NaN,
  true,
  ["5"],
])("a limit of %j is refused", (limit) => {
  const act = () => parse(CandidateQuerySchema, { limit });
  expect(act).toThrow(LoomError);
  expect(act).toThrow("limit must be a whole number of 1 to 500");
});

test("empty filters are no filters", () => {
  const query = { status: "", kind: "", q: "", stepStatus: "", cursor: "" };
  expect(parse(CandidateQuerySchema, query)).toStrictEqual({ limit: 100 });
});

test("filters are read, and unknown ones dropped", () => {
  const query = {
    status: "running",
    kind: "app",
    q: "bill",
    stepStatus: "failed",
    cursor: "c",
    limit: 5,
  };
  expect(parse(CandidateQuerySchema, { ...query, sort: "id" })).toStrictEqual(query);
});

test.each([
  ["status", "failed"],
  ["stepStatus", "done"],
  ["q", "\0"],
  ["q", "q".repeat(201)],
  ["cursor", "c".repeat(2_001)],
])("%s=%j is refused", (field, value) => {
  expect(() => parse(CandidateQuerySchema, { [field]: value })).toThrow(new RegExp(`^${field} `));
});
