import { expect, test } from "vitest";
import { LoomError } from "../errors.ts";
import { parse, ReportResultSchema, StepCompletedEventSchema } from "./index.ts";

const valid = { stepName: "bump", candidateId: "billing", success: true };
const read = (change: object) => parse(StepCompletedEventSchema, { ...valid, ...change });
const problem = (change: object) => {
  try {
    read(change);
  } catch (error) {
    if (LoomError.is(error, "validation_failed")) return error.message;
  }
  return undefined;
};

test.each(["in_progress", "open", "awaiting_review", "merged", "completed"])(
  "%s is a phase",
  (phase) => {
    expect(read({ phase })).toStrictEqual({ ...valid, phase });
  },
);

test.each(["failed", "done", "OPEN", "", 3])("%j is no phase of a success", (phase) => {
  expect(problem({ phase })).toBe(
    "phase must be one of in_progress, open, awaiting_review, completed, merged; a failure is success: false.",
  );
});

test.each(["failed", "completed", "whatever", 3, null])(
  "a failure is a failure whatever its phase: %j",
  (phase) => {
    expect(read({ success: false, phase, error: "boom" })).toStrictEqual({
      ...valid,
      success: false,
      error: "boom",
    });
  },
);

test.each([undefined, null, "true", 1])("success has to be said, not %j", (success) => {
  expect(problem({ success })).toMatch(/^success /);
});

test("an error ends at 16,384 characters and an event id at 200", () => {
  expect(read({ error: "e".repeat(16_384), eventId: "i".repeat(200) })).toMatchObject(valid);
  expect(problem({ error: "e".repeat(16_385) })).toMatch(/^error is longer/);
  expect(problem({ eventId: "i".repeat(201) })).toMatch(/^eventId is longer/);
});

test("an ignored report says why", () => {
  expect(parse(ReportResultSchema, { status: "accepted" })).toEqual({ status: "accepted" });
  expect(parse(ReportResultSchema, { status: "ignored", reason: "stale" })).toEqual({
    status: "ignored",
    reason: "stale",
  });
  expect(() => parse(ReportResultSchema, { status: "ignored" })).toThrow(LoomError);
});
