import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { LoomError } from "../errors.ts";
import * as wire from "./index.ts";
import { parse } from "./index.ts";

type Schema = Parameters<typeof parse>[0];

const attempt = (schema: Schema, value: unknown) => {
  try {
    return { refused: false, read: parse(schema, value) } as const;
  } catch (error) {
    return { refused: true, error } as const;
  }
};

const failure = (schema: Schema, value: unknown): LoomError => {
  const result = attempt(schema, value);
  if (!result.refused) throw new Error("it was accepted");
  if (!LoomError.is(result.error, "validation_failed")) throw result.error;
  return result.error;
};

const announcement = {
  id: "chart-upgrade",
  name: "Upgrade the chart",
  steps: [{ name: "bump" }],
  migratorUrl: "http://127.0.0.1:8080",
};

test("the message names the first field and the remedy, and the issues name every field", () => {
  const error = failure(wire.MigrationAnnouncementSchema, {
    ...announcement,
    name: undefined,
    steps: [{ name: "a" }, { name: 3 }],
  });
  expect(error.message).toBe("name is missing; add it (and 1 more).");
  expect(error.details.issues).toEqual([
    { path: "name", message: "is missing; add it" },
    { path: "steps.1.name", message: "must be text" },
  ]);
});

test("a request that is no object is told so", () => {
  for (const value of [[], "x", 3, true])
    expect(failure(wire.StartOptionsSchema, value).message).toBe("The request must be an object.");
  for (const value of [undefined, null])
    expect(failure(wire.StartOptionsSchema, value).message).toMatch(/^The request /);
});

test("at most 50 issues are told", () => {
  const steps = Array.from({ length: 200 }, () => ({}));
  const error = failure(wire.MigrationAnnouncementSchema, { ...announcement, steps });
  expect(error.details.issues).toHaveLength(50);
  expect(error.message).toContain("(and 199 more)");
});

test("values never come back in a message, for they may be secret", () => {
  const error = failure(wire.StartOptionsSchema, { inputs: { token: "hunter2\0" } });
  expect(JSON.stringify([error.message, error.details])).not.toContain("hunter2");
});

test("a path that the sender made long or malformed is made fit to show", () => {
  const key = `${"k".repeat(127)}💡`.slice(0, 128);
  const long = failure(wire.CandidateSubmissionSchema, {
    candidates: [{ id: "a", metadata: { [`${"k".repeat(127)}é`]: 1 } }],
  });
  expect(long.details.issues?.[0]?.path).toMatch(/^candidates\.0\.metadata\.k{127}é$/);
  const malformed = failure(wire.StartOptionsSchema, { inputs: { [key]: "v" } });
  expect(malformed.details.issues?.[0]?.path).toBe("inputs");
});

test("null stands for an absent field, as many languages write it", () => {
  const event = {
    stepName: "bump",
    candidateId: "billing",
    success: true,
    phase: null,
    metadata: null,
    error: null,
    eventId: undefined,
  };
  expect(parse(wire.StepCompletedEventSchema, event)).toStrictEqual({
    stepName: "bump",
    candidateId: "billing",
    success: true,
  });
  expect(failure(wire.StepCompletedEventSchema, { ...event, stepName: null }).message).toContain(
    "stepName is missing",
  );
});

test("unknown fields are dropped, so a candidate cannot set its own status", () => {
  const candidate = {
    id: "billing",
    status: "completed",
    runId: "x",
    version: 9,
    attempt: 3,
    metadata: { a: "b" },
  };
  const hostile: unknown = JSON.parse('{"id": "x", "__proto__": {"steps": [], "kind": "k"}}');
  expect(
    parse(wire.CandidateSubmissionSchema, { candidates: [candidate, hostile], extra: 1 }),
  ).toStrictEqual({
    candidates: [{ id: "billing", metadata: { a: "b" } }, { id: "x" }],
  });
});

test("what is read shares nothing with what was given", () => {
  const given = {
    candidates: [{ id: "a", metadata: { k: "v" }, steps: [{ name: "s", config: { c: "d" } }] }],
  };
  const read = parse(wire.CandidateSubmissionSchema, given);
  const before = JSON.stringify(read);
  for (const candidate of given.candidates) {
    candidate.metadata.k = "changed";
    candidate.steps.push({ name: "t", config: { c: "e" } });
  }
  given.candidates.pop();
  expect(JSON.stringify(read)).toBe(before);
});

test("anything at all is read or refused with validation_failed, and what is read is read the same again", () => {
  const schemas = Object.entries(wire).flatMap(([name, value]) =>
    name.endsWith("Schema") ? [value as Schema] : [],
  );
  const words = fc.constantFrom(
    "id",
    "name",
    "steps",
    "candidates",
    "metadata",
    "inputs",
    "success",
    "limit",
    "candidate",
    "__proto__",
    "constructor",
  );
  const anything = fc.object({
    key: fc.oneof(words, fc.string()),
    maxDepth: 4,
    withNullPrototype: true,
  });
  fc.assert(
    fc.property(fc.constantFrom(...schemas), fc.oneof(anything, fc.anything()), (schema, value) => {
      const first = attempt(schema, value);
      if (first.refused) return LoomError.is(first.error, "validation_failed");
      const again = attempt(schema, first.read);
      return !again.refused && isDeepStrictEqual(again.read, first.read);
    }),
    { numRuns: 3_000 },
  );
});
