import { expect, test } from "vitest";
import type { LoomErrorCode } from "../errors.ts";
import { LOOM_ERRORS, LoomError } from "../errors.ts";
import { ProblemSchema, parse, problemOf } from "./index.ts";

const codes = Object.keys(LOOM_ERRORS) as LoomErrorCode[];
const details = {
  issues: [{ path: "a", message: "b" }],
  inputs: ["x"],
  from: "running",
  action: "queue",
  attempt: 2,
  stepAttempt: 3,
  retryAfterSeconds: 5,
};

test.each(codes)("%s has a problem of its own", (code) => {
  const problem = problemOf(new LoomError(code, "What to do.", { details }));
  const { status, title } = LOOM_ERRORS[code];
  expect(problem).toStrictEqual({
    type: `urn:loom:error:${code}`,
    title,
    status,
    code,
    detail: "What to do.",
    ...details,
  });
  expect(parse(ProblemSchema, problem)).toEqual(problem);
});

test.each([
  new TypeError("select * from secrets"),
  "postgres://user:password@db",
  { code: "forbidden", message: "fake", status: 200 },
  null,
  undefined,
  Object.assign(new LoomError("forbidden", "x"), { code: "toString" }),
])("of an error that is not Loom's nothing is told", (error) => {
  expect(problemOf(error)).toStrictEqual({
    type: "urn:loom:error:internal_error",
    title: "Something went wrong in Loom",
    status: 500,
    code: "internal_error",
    detail: "Something went wrong in Loom. Its log says what.",
  });
});

test("neither cause nor stack nor stray details leave Loom, and details change no other member", () => {
  const stray = {
    status: 200,
    code: "ok",
    sql: "select",
    from: undefined,
    toString: "x",
    inputs: ["a"],
  } as object;
  const error = new LoomError("unknown_input", "No.", {
    details: stray,
    cause: new Error("secret"),
  });
  const problem = problemOf(error);
  expect(Object.keys(problem).toSorted()).toEqual([
    "code",
    "detail",
    "inputs",
    "status",
    "title",
    "type",
  ]);
  expect(problem).toMatchObject({ status: 422, code: "unknown_input" });
});
