import { describe, expect, test } from "vitest";
import { dispatchIdOf } from "../../src/run/index.ts";
import { doing, fired, plan, reported, retried, settled, updated } from "./events.ts";
import { given, whenStarted } from "./given.ts";
import { dispatchesIn } from "./transition-laws.ts";

const twoSteps = plan("a", "b");

describe("a start", () => {
  test("of an empty plan completes at once", () => {
    whenStarted(plan()).then("finish completed");
  });

  test("dispatches the first step and nothing else", () => {
    const { commands } = whenStarted(twoSteps).then("dispatch do a 1");
    const [dispatch] = dispatchesIn(commands);
    expect(dispatch?.id).toBe(dispatchIdOf("charts__billing", doing("a")));
    expect(dispatch?.inputs).toEqual({});
  });

  test("sets the timer of a step that has a time limit", () => {
    whenStarted(plan({ name: "a", timeoutSeconds: 90 })).then(
      "dispatch do a 1",
      "timer do a 1 after 90 s",
    );
  });

  test("gives the inputs of the manifest to the first dispatch", () => {
    const { commands } = whenStarted({ ...twoSteps, inputs: { zone: "eu" } }).then(
      "dispatch do a 1",
    );
    expect(dispatchesIn(commands)[0]?.inputs).toEqual({ zone: "eu" });
  });
});

describe("a step that succeeded", () => {
  test.each(["completed", "merged"] as const)("as %s hands over to the next one", (status) => {
    given(twoSteps, [settled(doing("a"))])
      .when(reported(doing("a"), status))
      .then("accepted", "dispatch do b 1");
  });

  test("before its call has settled ends that call first", () => {
    given(twoSteps)
      .when(reported(doing("a"), "completed"))
      .then("accepted", "stop do a 1");
  });

  test.each(["accepted", "refused", "exhausted"] as const)(
    "hands over when its call settles as %s",
    (outcome) => {
      given(twoSteps, [reported(doing("a"), "completed")])
        .when(settled(doing("a"), outcome))
        .then("accepted", "dispatch do b 1");
    },
  );

  test("as the last one completes the run once its call has settled", () => {
    given(plan("a"), [reported(doing("a"), "merged")])
      .when(settled(doing("a")))
      .then("accepted", "finish completed");
  });

  test("is not stopped again by a settlement that comes twice", () => {
    given(twoSteps, [reported(doing("a"), "completed"), settled(doing("a"))])
      .when(settled(doing("a"), "refused"))
      .thenNothing("duplicate");
  });
});

describe("a step that failed", () => {
  test("blocks the run", () => {
    given(twoSteps, [settled(doing("a"))])
      .when(reported(doing("a"), "failed"))
      .then("accepted");
  });

  test("before its call has settled ends that call", () => {
    given(twoSteps)
      .when(reported(doing("a"), "failed"))
      .then("accepted", "stop do a 1");
  });

  test("by its time limit ends the call that is still repeated", () => {
    given(plan({ name: "a", timeoutSeconds: 5 }))
      .when(fired(doing("a")))
      .then("accepted", "stop do a 1");
  });

  test("is not handed over when its call settles", () => {
    given(twoSteps, [reported(doing("a"), "failed")])
      .when(settled(doing("a")))
      .then("accepted");
  });
});

describe("a retry of a failed step", () => {
  const failed = [settled(doing("a")), reported(doing("a"), "failed", { error: "no token" })];

  test("dispatches it under the next number and keeps its failure", () => {
    const { progress, commands } = given(twoSteps, failed)
      .when(retried(doing("a")))
      .then("accepted", "dispatch do a 2");
    expect(dispatchesIn(commands)[0]?.id).toBe(dispatchIdOf("charts__billing", doing("a", 2)));
    expect(progress.steps[0]).toMatchObject({
      status: "in_progress",
      stepAttempt: 2,
      failures: [{ stepAttempt: 1, error: "no token" }],
    });
    expect(progress.steps[0]).not.toHaveProperty("error");
  });

  test("sets a timer of its own", () => {
    const limited = plan({ name: "a", timeoutSeconds: 5 });
    given(limited, [settled(doing("a")), fired(doing("a"))])
      .when(retried(doing("a")))
      .then("accepted", "dispatch do a 2", "timer do a 2 after 5 s");
  });

  test("waits for the old call, which is stopped already", () => {
    given(twoSteps, [reported(doing("a"), "failed")])
      .when(retried(doing("a")))
      .then("accepted");
  });

  test("is dispatched as soon as the old call has settled, which does nothing else", () => {
    const { progress } = given(twoSteps, [reported(doing("a"), "failed"), retried(doing("a"))])
      .when(settled(doing("a"), "refused"))
      .then("accepted", "dispatch do a 2");
    expect(progress.steps[0]?.status).toBe("in_progress");
  });

  test("counts once: a second one is stale", () => {
    given(twoSteps, [...failed, retried(doing("a"))])
      .when(retried(doing("a")))
      .thenNothing("stale");
  });

  test("counts once while it waits for the old call too", () => {
    const waiting = [reported(doing("a"), "failed"), retried(doing("a"))];
    given(twoSteps, waiting)
      .when(retried(doing("a")))
      .thenNothing("stale");
    given(twoSteps, waiting)
      .when(retried(doing("a", 2)))
      .thenNothing("stale");
  });

  test("of another number, step or kind is stale", () => {
    given(twoSteps, failed)
      .when(retried(doing("a", 2)))
      .thenNothing("stale");
    given(twoSteps, failed)
      .when(retried(doing("b")))
      .thenNothing("stale");
    given(twoSteps, failed)
      .when(retried({ ...doing("a"), kind: "undo" }))
      .thenNothing("stale");
  });

  test("is stale while the step has not failed", () => {
    given(twoSteps)
      .when(retried(doing("a")))
      .thenNothing("stale");
    given(twoSteps, [reported(doing("a"), "open")])
      .when(retried(doing("a")))
      .thenNothing("stale");
  });

  test("is stale once the step has succeeded", () => {
    const done = [settled(doing("a")), reported(doing("a"), "completed")];
    given(twoSteps, done)
      .when(retried(doing("a")))
      .thenNothing("stale");
  });

  test("may fail and be retried again, keeping every failure", () => {
    const twice = [
      ...failed,
      retried(doing("a")),
      settled(doing("a", 2), "exhausted", { error: "503" }),
    ];
    const { progress } = given(twoSteps, twice)
      .when(retried(doing("a", 2)))
      .then("accepted", "dispatch do a 3");
    expect(progress.steps[0]?.failures).toMatchObject([
      { stepAttempt: 1, error: "no token" },
      { stepAttempt: 2, error: "503" },
    ]);
  });
});

describe("inputs updated", () => {
  const failed = [settled(doing("a")), reported(doing("a"), "failed")];
  const withInputs = { ...plan("a", "b"), inputs: { zone: "eu", size: "s" } };

  test("are merged key by key and used from the next dispatch on", () => {
    const { commands } = given(withInputs, [...failed, updated({ zone: "us", team: "x" })])
      .when(retried(doing("a")))
      .then("accepted", "dispatch do a 2");
    expect(dispatchesIn(commands)[0]?.inputs).toEqual({ zone: "us", size: "s", team: "x" });
  });

  test("dispatch nothing by themselves", () => {
    given(withInputs)
      .when(updated({ zone: "us" }))
      .then("accepted");
  });

  test("leave the manifest as it was pinned", () => {
    const { state } = given(withInputs)
      .when(updated({ zone: "us" }))
      .then("accepted");
    expect(state.manifest.inputs).toEqual({ zone: "eu", size: "s" });
  });
});

describe("a finished run", () => {
  const finished = [settled(doing("a")), reported(doing("a"), "completed")];

  test.each([
    reported(doing("a"), "completed"),
    reported(doing("b"), "failed"),
    reported({ ...doing("a"), attempt: 99 }, "completed"),
    settled(doing("a")),
    fired(doing("a")),
    retried(doing("a")),
    updated({ zone: "us" }),
  ])("answers $type with not_running", (event) => {
    given(plan("a"), finished).when(event).thenNothing("not_running");
  });
});
