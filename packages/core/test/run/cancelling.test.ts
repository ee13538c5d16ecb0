import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../src/run/events.ts";
import {
  cancelled,
  compensable,
  doing,
  fired,
  plan,
  reported,
  retried,
  settled,
  undoing,
  updated,
} from "./events.ts";
import { given } from "./given.ts";
import { dispatchesIn } from "./transition-laws.ts";

const three = plan(compensable("a"), "b", compensable("c"));
const undo = cancelled({ compensate: true });
const giveUp = cancelled({ compensate: false });
const done = (step: string): RunEvent[] => [
  settled(doing(step)),
  reported(doing(step), "completed"),
];
const undone = (step: string): RunEvent[] => [
  settled(undoing(step)),
  reported(undoing(step), "completed"),
];
const atC = [...done("a"), ...done("b"), settled(doing("c"))];

describe("a cancel", () => {
  test("ends a waiting run at once", () => {
    given(three, atC).when(cancelled()).then("accepted", "finish cancelled");
  });

  test("ends a blocked run at once", () => {
    given(three, [settled(doing("a"), "refused")])
      .when(cancelled())
      .then("accepted", "finish cancelled");
  });

  test("stops the call in flight and finishes only when that has settled", () => {
    given(three).when(cancelled()).then("accepted", "stop do a 1");
    given(three, [cancelled()])
      .when(settled(doing("a")))
      .then("accepted", "finish cancelled");
  });

  test("does not stop a call a second time", () => {
    given(three, [reported(doing("a"), "completed")])
      .when(cancelled())
      .then("accepted");
  });

  test("drops a retry that waits for its old call", () => {
    const waiting = [reported(doing("a"), "failed"), retried(doing("a")), cancelled()];
    given(three, waiting)
      .when(settled(doing("a")))
      .then("accepted", "finish cancelled");
  });

  test("is too late when the last step has succeeded and only its call is unsettled", () => {
    const late = [...done("a"), ...done("b"), reported(doing("c"), "completed")];
    given(three, late).when(undo).thenNothing("not_running");
    given(three, [...late, undo])
      .when(settled(doing("c")))
      .then("accepted", "finish completed");
  });

  test("writes who cancelled when and why", () => {
    const at = "2026-03-02T08:00:00.000Z";
    const { commands } = given(three, [cancelled({ at, by: "ada", reason: "wrong week" })])
      .when(settled(doing("a")))
      .then("accepted", "finish cancelled");
    expect(commands[0]).toMatchObject({
      cancelled: {
        runId: "charts__billing",
        candidateId: "billing",
        attempt: 2,
        cancelledAt: at,
        cancelledBy: "ada",
        reason: "wrong week",
      },
    });
    expect(commands[0]).not.toHaveProperty("cancelled.notCompensated");
  });

  test("of a finished run is not running", () => {
    given(plan("a"), done("a")).when(undo).thenNothing("not_running");
  });

  test("of another attempt is stale", () => {
    given(three)
      .when({ ...undo, attempt: 1 })
      .thenNothing("stale");
  });
});

describe("while cancelling", () => {
  test("a report on the current step is recorded, answered not_running, and starts nothing", () => {
    const { progress } = given(three, [cancelled()])
      .when(reported(doing("a"), "completed", { metadata: { prUrl: "u" } }))
      .then("not_running");
    expect(progress.steps[0]).toMatchObject({ status: "completed", metadata: { prUrl: "u" } });
  });

  test("what was recorded reaches the compensation", () => {
    const late = reported(doing("a"), "open", { metadata: { prUrl: "u" } });
    const { commands } = given(three, [undo, late])
      .when(settled(doing("a"), "exhausted"))
      .then("accepted", "dispatch undo a 1");
    expect(dispatchesIn(commands)[0]).toMatchObject({
      type: "compensate_step",
      stepStatus: "open",
      stepMetadata: { prUrl: "u" },
    });
  });

  test("a retry of a step is not running", () => {
    const blocked = [reported(doing("a"), "failed"), undo];
    given(three, blocked)
      .when(retried(doing("a")))
      .thenNothing("not_running");
  });

  test("inputs still change for the undoings to come", () => {
    const { commands } = given(three, [undo, updated({ zone: "us" })])
      .when(settled(doing("a")))
      .then("accepted", "dispatch undo a 1");
    expect(dispatchesIn(commands)[0]?.inputs).toEqual({ zone: "us" });
  });

  test("a duplicate and a stale report keep their answers", () => {
    const late = [
      ...done("a"),
      settled(doing("b")),
      reported(doing("b"), "failed"),
      retried(doing("b")),
    ];
    given(three, [...late, undo])
      .when(reported(doing("a"), "completed"))
      .thenNothing("duplicate");
    given(three, [...late, undo])
      .when(reported(doing("a"), "merged"))
      .thenNothing("stale");
    given(three, [...late, undo])
      .when(reported(doing("b"), "failed"))
      .thenNothing("duplicate");
    given(three, [...late, undo])
      .when(reported(doing("b"), "open"))
      .thenNothing("stale");
    given(three, [...late, undo])
      .when(reported(doing("c"), "open"))
      .thenNothing("stale");
  });

  test("the time limit of the step no longer matters", () => {
    given(three, [undo])
      .when(fired(doing("a")))
      .thenNothing("not_running");
  });

  test.each([cancelled(), undo])("another cancel is a duplicate", (again) => {
    given(three, [undo]).when(again).thenNothing("duplicate");
  });

  test("giving up where no compensation was asked for is a duplicate", () => {
    given(three, [cancelled()]).when(giveUp).thenNothing("duplicate");
    given(three, [giveUp]).when(giveUp).thenNothing("duplicate");
  });
});

describe("compensation", () => {
  test("undoes what is compensable and was dispatched, the current step first, one at a time", () => {
    given(three, atC).when(undo).then("accepted", "dispatch undo c 1");
    given(three, [...atC, undo, settled(undoing("c"))])
      .when(reported(undoing("c"), "completed"))
      .then("accepted", "dispatch undo a 1");
    given(three, [...atC, undo, ...undone("c"), settled(undoing("a"))])
      .when(reported(undoing("a"), "merged"))
      .then("accepted", "finish cancelled");
  });

  test("leaves out the steps that were never dispatched", () => {
    given(three, done("a")).when(undo).then("accepted", "stop do b 1");
    given(three, [...done("a"), undo])
      .when(settled(doing("b")))
      .then("accepted", "dispatch undo a 1");
  });

  test("undoes a current step whatever came of it", () => {
    const { commands } = given(three, [settled(doing("a"), "refused", { error: "no" })])
      .when(undo)
      .then("accepted", "dispatch undo a 1");
    expect(dispatchesIn(commands)[0]).toMatchObject({ stepStatus: "failed", stepMetadata: {} });
  });

  test("waits for the call in flight", () => {
    given(three).when(undo).then("accepted", "stop do a 1");
    given(three, [undo])
      .when(settled(doing("a")))
      .then("accepted", "dispatch undo a 1");
  });

  test("of nothing compensable finishes at once", () => {
    given(plan("a"), [settled(doing("a"))])
      .when(undo)
      .then("accepted", "finish cancelled");
  });

  test("has the time limit of its step", () => {
    const limited = plan({ name: "a", compensable: true, timeoutSeconds: 30 });
    given(limited, [settled(doing("a"))])
      .when(undo)
      .then("accepted", "dispatch undo a 1", "timer undo a 1 after 30 s");
    const { progress } = given(limited, [settled(doing("a")), undo, settled(undoing("a"))])
      .when(fired(undoing("a")))
      .then("accepted");
    expect(progress.compensations[0]).toMatchObject({
      status: "failed",
      error: "timed out after 30 s",
    });
  });

  test("that ended before its call settled stops that call", () => {
    given(three, [...atC, undo])
      .when(reported(undoing("c"), "completed"))
      .then("accepted", "stop undo c 1");
    given(three, [...atC, undo, reported(undoing("c"), "completed")])
      .when(settled(undoing("c"), "exhausted"))
      .then("accepted", "dispatch undo a 1");
  });

  test("that failed waits for a retry of it", () => {
    const failed = [...atC, undo, settled(undoing("c"), "refused", { error: "no" })];
    given(three, [...atC, undo])
      .when(settled(undoing("c"), "refused"))
      .then("accepted");
    const { progress } = given(three, failed)
      .when(retried(undoing("c")))
      .then("accepted", "dispatch undo c 2");
    expect(progress.compensations[0]?.failures).toMatchObject([{ stepAttempt: 1, error: "no" }]);
    given(three, failed)
      .when(retried(undoing("c", 2)))
      .thenNothing("stale");
    given(three, [...failed, retried(undoing("c"))])
      .when(retried(undoing("c")))
      .thenNothing("stale");
  });

  test("that was retried waits for its old call", () => {
    const failed = [...atC, undo, reported(undoing("c"), "failed")];
    given(three, failed)
      .when(retried(undoing("c")))
      .then("accepted");
    given(three, [...failed, retried(undoing("c"))])
      .when(settled(undoing("c")))
      .then("accepted", "dispatch undo c 2");
  });

  test("cannot be reported before it was asked for", () => {
    given(three, atC)
      .when(reported(undoing("c"), "completed"))
      .thenNothing("stale");
    given(three, atC)
      .when(retried(undoing("c")))
      .thenNothing("stale");
  });
});

describe("giving up a compensation", () => {
  const failed = [...atC, undo, settled(undoing("c"), "refused")];

  test("finishes at once when no call is in flight, and records what was not undone", () => {
    const { commands } = given(three, failed).when(giveUp).then("accepted", "finish cancelled");
    expect(commands[0]).toMatchObject({ cancelled: { notCompensated: ["c", "a"] } });
  });

  test("stops the undoing in flight and finishes when that has settled", () => {
    given(three, [...atC, undo])
      .when(giveUp)
      .then("accepted", "stop undo c 1");
    given(three, [...atC, undo, giveUp])
      .when(settled(undoing("c")))
      .then("accepted", "finish cancelled");
  });

  test("counts what was undone before or meanwhile", () => {
    const underWay = [...atC, undo, ...undone("c"), giveUp];
    const { commands } = given(three, underWay)
      .when(settled(undoing("a")))
      .then("accepted", "finish cancelled");
    expect(commands[0]).toMatchObject({ cancelled: { notCompensated: ["a"] } });
    given(three, underWay)
      .when(reported(undoing("a"), "completed"))
      .then("not_running");
    const last = given(three, [...underWay, reported(undoing("a"), "completed")])
      .when(settled(undoing("a")))
      .then("accepted", "finish cancelled");
    expect(last.commands[0]).not.toHaveProperty("cancelled.notCompensated");
  });

  test("while a step is still in flight undoes nothing at all", () => {
    given(three, [undo]).when(giveUp).then("accepted");
    const { commands } = given(three, [undo, giveUp])
      .when(settled(doing("a")))
      .then("accepted", "finish cancelled");
    expect(commands[0]).toMatchObject({ cancelled: { notCompensated: ["a"] } });
  });

  test("happens once, and ends retries", () => {
    const givenUp = [...atC, undo, reported(undoing("c"), "failed"), giveUp];
    given(three, givenUp).when(giveUp).thenNothing("duplicate");
    given(three, givenUp).when(undo).thenNothing("duplicate");
    given(three, givenUp)
      .when(retried(undoing("c")))
      .thenNothing("not_running");
  });
});
