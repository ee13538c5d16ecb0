import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readEvent, type SentEvent } from "./events.ts";

const at = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date("9999-01-01") });
const time = at.map((date) => date.toISOString());
const count = fc.integer({ min: 1, max: 1_000 });
const map = fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true });
const call = fc.record({
  attempt: count,
  kind: fc.constantFrom("do" as const, "undo" as const),
  step: fc.string(),
  number: count,
});
const events: fc.Arbitrary<SentEvent> = fc.oneof(
  fc.record(
    {
      type: fc.constant("step_reported" as const),
      call,
      at: time,
      status: fc.constantFrom("open" as const, "merged" as const, "failed" as const),
      metadata: map,
      error: fc.string(),
      eventId: fc.string(),
    },
    { requiredKeys: ["type", "call", "at", "status"] },
  ),
  fc.record({ type: fc.constant("retry_requested" as const), call, at: time }),
  fc.record({
    type: fc.constant("inputs_updated" as const),
    attempt: count,
    inputs: map,
    at: time,
  }),
  fc.record(
    {
      type: fc.constant("cancel_requested" as const),
      attempt: count,
      at: time,
      compensate: fc.boolean(),
      by: fc.string(),
      reason: fc.string(),
    },
    { requiredKeys: ["type", "attempt", "at"] },
  ),
);

describe("what a signal brings", () => {
  test("is taken as it is when it is an event", () => {
    fc.assert(fc.property(events, (event) => readEvent(event) === event));
  });

  test("is dropped without an error when it is anything else", () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, maxDepth: 3 }), (value) => {
        expect(readEvent(value)).toBeUndefined();
      }),
    );
  });

  test("is dropped when a part of it that the machine reads is wrong", () => {
    const parts = ["type", "at", "call", "attempt", "inputs", "status"] as const;
    fc.assert(
      fc.property(events, fc.constantFrom(...parts), (event, part) => {
        fc.pre(part in event);
        expect(readEvent({ ...event, [part]: Number.NaN })).toBeUndefined();
      }),
    );
  });

  test("is dropped when it is what only the host may say", () => {
    const settled = { type: "dispatch_settled", outcome: "accepted", at: "2026-01-01T00:00:00Z" };
    const call1 = { attempt: 1, kind: "do", step: "bump", number: 1 };
    expect(readEvent({ ...settled, call: call1 })).toBeUndefined();
    expect(readEvent({ ...settled, type: "timer_fired", call: call1 })).toBeUndefined();
  });
});
