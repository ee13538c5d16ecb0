import { expect, test } from "vitest";
import {
  CandidateSchema,
  CompensateStepRequestSchema,
  DispatchStepRequestSchema,
  DryRunResultSchema,
  parse,
} from "./index.ts";

const request = {
  migrationId: "m",
  runId: "m__a/b",
  stepName: "bump",
  candidate: { id: "a/b", metadata: { team: "x" } },
  callbackId: "L1.abc.def",
  callbackUrl: "https://loom.example/event/L1.abc.def",
  eventName: "step-completed",
  migratorApp: "charts",
  migratorUrl: "http://charts",
  dispatchId: "m__a%2Fb:1:do:bump:1",
  attempt: 1,
  stepAttempt: 2,
};

test("a request of a newer Loom is understood: what is unknown is dropped", () => {
  expect(
    parse(DispatchStepRequestSchema, { ...request, priority: "high", type: null }),
  ).toStrictEqual(request);
});

test("a candidate's full metadata with a full set of inputs over it fits a dispatch, and no submission", () => {
  const metadata = Object.fromEntries(Array.from({ length: 128 }, (_, i) => [`k${i}`, "v"]));
  const candidate = { id: "a", metadata };
  expect(parse(DispatchStepRequestSchema, { ...request, candidate }).candidate).toEqual(candidate);
  expect(() => parse(CandidateSchema, candidate)).toThrow("metadata has 128 entries");
});

test("the longest step name fits a dispatch, and so does the event named after it", () => {
  const stepName = "s".repeat(128);
  const long = { ...request, stepName, eventName: `step-completed:${stepName}` };
  expect(parse(DispatchStepRequestSchema, long)).toStrictEqual(long);
});

test("a compensation brings the step's last status and metadata, failed ones too", () => {
  const undo = { ...request, stepStatus: "failed", stepMetadata: { prUrl: "https://git/1" } };
  expect(parse(CompensateStepRequestSchema, undo)).toStrictEqual(undo);
  expect(() => parse(CompensateStepRequestSchema, request)).toThrow("stepStatus is missing");
});

test.each([
  ["runId", "nonsense"],
  ["callbackId", "m__a"],
  ["attempt", 0],
  ["stepAttempt", 1.5],
  ["dispatchId", undefined],
])("a request whose %s is %j is refused", (field, value) => {
  expect(() => parse(DispatchStepRequestSchema, { ...request, [field]: value })).toThrow(
    new RegExp(`^${field} `),
  );
});

test("a preview is read from any migrator", () => {
  const result = {
    steps: [
      { stepName: "a", skipped: true },
      {
        stepName: "b",
        skipped: false,
        files: [{ path: "p", repo: "r", before: "", after: "x\n", status: "modified" }],
      },
      { stepName: "c", skipped: false, error: "no such file" },
    ],
  };
  expect(parse(DryRunResultSchema, { ...result, took: 3 })).toStrictEqual(result);
  expect(() =>
    parse(DryRunResultSchema, {
      steps: [{ stepName: "a", skipped: false, files: [{ path: "p", repo: "r", status: "gone" }] }],
    }),
  ).toThrow("steps.0.files.0.status must be one of new, modified, deleted");
});
