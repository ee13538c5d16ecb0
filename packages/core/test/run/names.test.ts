import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CallName } from "../../src/domain/run.ts";
import { dispatchIdOf, sameCall } from "../../src/run/index.ts";
import { seed } from "./seed.ts";

const text = fc.oneof(
  fc.string({
    unit: fc.constantFrom("a", ":", "1", "%", "3", "A", "do"),
    minLength: 1,
    maxLength: 4,
  }),
  fc.string({ unit: "binary", minLength: 1 }),
);
const name: fc.Arbitrary<CallName> = fc.record({
  attempt: fc.integer({ min: 1, max: 12 }),
  kind: fc.constantFrom("do", "undo"),
  step: text,
  number: fc.integer({ min: 1, max: 12 }),
});

describe("a dispatch id", () => {
  test("is printable ASCII whatever the run and the step are called", () => {
    const property = fc.property(text, name, (runId, call) => {
      expect(dispatchIdOf(runId, call)).toMatch(/^[!-~]+$/);
    });
    fc.assert(property, { seed, numRuns: 1000 });
  });

  test("belongs to one call of one run", () => {
    const property = fc.property(text, name, text, name, (runId, call, otherId, other) => {
      const isSame = runId === otherId && sameCall(call, other);
      expect(dispatchIdOf(runId, call) === dispatchIdOf(otherId, other)).toBe(isSame);
    });
    fc.assert(property, { seed, numRuns: 2000 });
  });
});
