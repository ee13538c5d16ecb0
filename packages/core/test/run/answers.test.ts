import { describe, test } from "vitest";
import { doing, fired, plan, reported, retried, settled, updated } from "./events.ts";
import { given } from "./given.ts";

const two = plan("a", "b");
const a = doing("a");
const failedOnce = [settled(a), reported(a, "failed"), retried(a)];

describe("a report that is a duplicate", () => {
  test("repeats the one that ended its step-attempt", () => {
    given(two, [reported(a, "failed")])
      .when(reported(a, "failed"))
      .thenNothing("duplicate");
  });

  test("is so also when later steps run", () => {
    given(two, [settled(a), reported(a, "merged")])
      .when(reported(a, "merged"))
      .thenNothing("duplicate");
  });

  test("is so also when the step was retried", () => {
    given(two, failedOnce).when(reported(a, "failed")).thenNothing("duplicate");
    const waiting = [reported(a, "failed"), retried(a)];
    given(two, waiting).when(reported(a, "failed")).thenNothing("duplicate");
  });

  test("carries an event id of the current call again", () => {
    given(two, [reported(a, "open", { eventId: "e" })])
      .when(reported(a, "awaiting_review", { eventId: "e" }))
      .thenNothing("duplicate");
  });

  test("is known among the last 32 event ids", () => {
    const many = Array.from({ length: 32 }, (_, at) => reported(a, "open", { eventId: `e${at}` }));
    given(two, many)
      .when(reported(a, "open", { eventId: "e0" }))
      .thenNothing("duplicate");
    given(two, [...many, reported(a, "open", { eventId: "e32" })])
      .when(reported(a, "open", { eventId: "e0" }))
      .then("accepted");
  });

  test("is not told by an event id of an earlier call", () => {
    given(two, [settled(a), reported(a, "failed", { eventId: "e" }), retried(a)])
      .when(reported(doing("a", 2), "open", { eventId: "e" }))
      .then("accepted");
  });

  test("is not told by an event id that a stale report carried", () => {
    given(two, [reported(doing("a", 2), "open", { eventId: "e" })])
      .when(reported(a, "open", { eventId: "e" }))
      .then("accepted");
  });

  test("without an event id and with no end is taken again", () => {
    given(two, [reported(a, "open")])
      .when(reported(a, "open"))
      .then("accepted");
  });
});

describe("a report that is stale", () => {
  test("contradicts the one that ended its step-attempt", () => {
    given(two, [settled(a), reported(a, "merged")])
      .when(reported(a, "completed"))
      .thenNothing("stale");
    given(two, [settled(a), reported(a, "merged")])
      .when(reported(a, "open"))
      .thenNothing("stale");
  });

  test("belongs to a step-attempt that was replaced", () => {
    given(two, failedOnce).when(reported(a, "open")).thenNothing("stale");
    given(two, [settled(a, "refused"), retried(a)])
      .when(reported(a, "failed"))
      .thenNothing("stale");
  });

  test("names a number that was not dispatched yet", () => {
    given(two)
      .when(reported(doing("a", 2), "completed"))
      .thenNothing("stale");
    const waiting = [reported(a, "failed"), retried(a)];
    given(two, waiting)
      .when(reported(doing("a", 2), "completed"))
      .thenNothing("stale");
  });

  test("names a step that was not dispatched yet, or that is in no plan", () => {
    given(two)
      .when(reported(doing("b"), "completed"))
      .thenNothing("stale");
    given(two)
      .when(reported(doing("constructor"), "completed"))
      .thenNothing("stale");
  });

  test.each([0, -1, 1.5, Number.NaN])("names the number %s, which no call has", (number) => {
    given(two)
      .when(reported(doing("a", number), "completed"))
      .thenNothing("stale");
  });

  test("belongs to another attempt", () => {
    given(two)
      .when(reported({ ...a, attempt: 1 }, "completed"))
      .thenNothing("stale");
    given(two)
      .when(reported({ ...a, attempt: 3 }, "completed"))
      .thenNothing("stale");
  });
});

describe("a settlement", () => {
  test("counts once", () => {
    given(two, [settled(a)])
      .when(settled(a, "refused"))
      .thenNothing("duplicate");
  });

  test("of a call that was replaced or never made is stale", () => {
    given(two, failedOnce).when(settled(a)).thenNothing("stale");
    given(two)
      .when(settled(doing("a", 2)))
      .thenNothing("stale");
    given(two)
      .when(settled(doing("b")))
      .thenNothing("stale");
    given(two)
      .when(settled({ ...a, attempt: 1 }))
      .thenNothing("stale");
  });
});

describe("a timer", () => {
  test("counts once", () => {
    given(two, [fired(a)])
      .when(fired(a))
      .thenNothing("duplicate");
  });

  test("of a call that ended, was replaced or never made is stale", () => {
    given(two, [reported(a, "completed")])
      .when(fired(a))
      .thenNothing("stale");
    given(two, failedOnce).when(fired(a)).thenNothing("stale");
    given(two, [reported(a, "failed"), retried(a)])
      .when(fired(doing("a", 2)))
      .thenNothing("stale");
    given(two)
      .when(fired(doing("b")))
      .thenNothing("stale");
    given(two)
      .when(fired({ ...a, attempt: 1 }))
      .thenNothing("stale");
  });
});

describe("any event of another attempt", () => {
  test.each([{ ...updated({ zone: "us" }), attempt: 1 }, retried({ ...a, attempt: 3 })])(
    "is stale ($type)",
    (event) => {
      given(two, [settled(a, "refused")])
        .when(event)
        .thenNothing("stale");
    },
  );
});
