import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../src/run/events.ts";
import { AT, doing, fired, plan, reported, retried, settled } from "./events.ts";
import { given } from "./given.ts";

const limited = plan({ name: "a", timeoutSeconds: 60 }, "b");
const a = doing("a");

/** The view of step a after these events. */
function stepAfter(...events: readonly RunEvent[]) {
  const last = events.at(-1);
  if (!last) throw new Error("no event");
  const { progress } = given(limited, events.slice(0, -1))
    .when(last)
    .then("accepted", ...onlyStops(last, events));
  return progress.steps[0];
}

/** An end that is known before the settlement stops the call, once; the tests here are about status alone. */
function onlyStops(last: RunEvent, events: readonly RunEvent[]): string[] {
  const isEnd = (event: RunEvent) =>
    event.type === "timer_fired" || (event.type === "step_reported" && isTerminal(event.status));
  const isOpen = !events.some(({ type }) => type === "dispatch_settled");
  return isOpen && isEnd(last) && events.filter(isEnd).length === 1 ? ["stop do a 1"] : [];
}

const isTerminal = (status: string) => ["completed", "merged", "failed"].includes(status);

describe("the status of a step-attempt", () => {
  test("is in progress while nothing is known, and after an accepted dispatch", () => {
    expect(stepAfter(settled(a))?.status).toBe("in_progress");
  });

  test.each(["in_progress", "open", "awaiting_review"] as const)(
    "is %s when that was reported",
    (status) => {
      expect(stepAfter(reported(a, status))?.status).toBe(status);
    },
  );

  test("is that of the latest report that is not terminal", () => {
    expect(stepAfter(reported(a, "awaiting_review"), reported(a, "open"))?.status).toBe("open");
  });

  test("is failed when the dispatch was refused, with the migrator's message", () => {
    expect(stepAfter(settled(a, "refused", { error: "unknown chart" }))).toMatchObject({
      status: "failed",
      error: "unknown chart",
    });
  });

  test("is failed when the dispatch was given up, with the last error", () => {
    expect(stepAfter(settled(a, "exhausted", { error: "503" }))).toMatchObject({
      status: "failed",
      error: "503",
    });
  });

  test("says something of a dispatch that failed without a word", () => {
    expect(stepAfter(settled(a, "refused"))?.error).toBe("could not be dispatched");
  });

  test("is lifted from a failed dispatch by any report, whichever came first", () => {
    expect(stepAfter(settled(a, "exhausted"), reported(a, "open"))?.status).toBe("open");
    expect(stepAfter(reported(a, "open"), settled(a, "exhausted"))?.status).toBe("open");
    expect(stepAfter(settled(a, "refused"), reported(a, "in_progress"))?.status).toBe(
      "in_progress",
    );
  });

  test("is failed when the time limit has passed, whatever was reported meanwhile", () => {
    const timedOut = { status: "failed", error: "timed out after 60 s" };
    expect(stepAfter(fired(a))).toMatchObject(timedOut);
    expect(stepAfter(reported(a, "open"), fired(a))).toMatchObject(timedOut);
    expect(stepAfter(fired(a), reported(a, "open"))).toMatchObject(timedOut);
    expect(stepAfter(settled(a, "refused", { error: "no" }), fired(a))).toMatchObject(timedOut);
    expect(stepAfter(fired(a), settled(a, "refused", { error: "no" }))).toMatchObject(timedOut);
  });

  test.each(["completed", "merged"] as const)("is lifted from a timeout by %s", (status) => {
    const step = stepAfter(fired(a), reported(a, status));
    expect(step?.status).toBe(status);
    expect(step).not.toHaveProperty("error");
  });

  test("takes the message of a failed report over that of a timeout", () => {
    expect(stepAfter(fired(a), reported(a, "failed", { error: "tests" }))?.error).toBe("tests");
    expect(stepAfter(reported(a, "failed"))?.error).toBe("failed without a message");
  });

  test("is that of the first terminal report, whatever comes later", () => {
    const ended = [reported(a, "failed")];
    given(limited, ended).when(reported(a, "completed")).thenNothing("stale");
    given(limited, ended).when(reported(a, "open")).thenNothing("stale");
    given(limited, ended).when(fired(a)).thenNothing("stale");
    expect(stepAfter(...ended, settled(a, "accepted"))?.status).toBe("failed");
  });

  test("is not lifted any more once the step was retried", () => {
    const again = [settled(a, "exhausted"), retried(a)];
    given(limited, again).when(reported(a, "completed")).thenNothing("stale");
    given(limited, again).when(fired(a)).thenNothing("stale");
  });
});

describe("the metadata of a step", () => {
  test("is bounded: names beyond 256 are dropped, those that are known go on", () => {
    const many = (prefix: string) =>
      Object.fromEntries(Array.from({ length: 64 }, (_, n) => [`${prefix}${n}`, "x"]));
    const flood = ["b", "c", "d", "0"].map((prefix) =>
      reported(a, "open", { metadata: many(prefix) }),
    );
    const step = stepAfter(
      reported(a, "open", { metadata: { prUrl: "u" } }),
      ...flood,
      reported(a, "open", { metadata: { prUrl: "v", tooLate: "x" } }),
    );
    expect(Object.keys(step?.metadata ?? {})).toHaveLength(256);
    expect(step?.metadata).toMatchObject({ prUrl: "v", b0: "x", d63: "x" });
    expect(step?.metadata).not.toHaveProperty("tooLate");
  });

  test("merges key by key, the latest wins", () => {
    const step = stepAfter(
      reported(a, "open", { metadata: { prUrl: "u", checks: "red" } }),
      reported(a, "awaiting_review", { metadata: { checks: "green" } }),
    );
    expect(step?.metadata).toEqual({ prUrl: "u", checks: "green" });
  });

  test("is not erased by a report without any", () => {
    const step = stepAfter(
      reported(a, "open", { metadata: { prUrl: "u" } }),
      reported(a, "merged"),
    );
    expect(step?.metadata).toEqual({ prUrl: "u" });
  });

  test("is kept over retries", () => {
    const failed = [settled(a), reported(a, "failed", { metadata: { prUrl: "u" } })];
    const { progress } = given(limited, failed)
      .when(retried(a))
      .then("accepted", "dispatch do a 2", "timer do a 2 after 60 s");
    expect(progress.steps[0]?.metadata).toEqual({ prUrl: "u" });
  });

  test("may hold names that mean something to JavaScript", () => {
    const metadata: Record<string, string> = JSON.parse('{"__proto__":"x","constructor":"y"}');
    const step = stepAfter(reported(a, "open", { metadata }));
    expect(JSON.stringify(step?.metadata)).toBe('{"__proto__":"x","constructor":"y"}');
  });
});

describe("the view for readers", () => {
  const minute = (at: number) => `2026-03-01T12:0${at}:00.000Z`;

  test("says since when the current step has its status", () => {
    const { progress } = given(limited, [reported(a, "open", { at: minute(1) })])
      .when(reported(a, "open", { at: minute(2) }))
      .then("accepted");
    expect(progress.currentStep).toEqual({ stepName: "a", status: "open", since: minute(1) });
    expect(progress.steps[0]).toMatchObject({ startedAt: AT, updatedAt: minute(2) });
  });

  test("says when a step ended, by report, time limit or dispatch", () => {
    expect(stepAfter(reported(a, "failed", { at: minute(3) }))?.completedAt).toBe(minute(3));
    expect(stepAfter(fired(a, minute(4)))?.completedAt).toBe(minute(4));
    expect(stepAfter(settled(a, "refused", { at: minute(5) }))?.completedAt).toBe(minute(5));
    expect(stepAfter(reported(a, "open"))).not.toHaveProperty("completedAt");
  });

  test("of a finished run has no current step", () => {
    const { progress } = given(plan("a"), [settled(a)])
      .when(reported(a, "completed"))
      .then("accepted", "finish completed");
    expect(progress).toMatchObject({ phase: "finished", steps: [{ status: "completed" }] });
    expect(progress).not.toHaveProperty("currentStep");
  });
});
