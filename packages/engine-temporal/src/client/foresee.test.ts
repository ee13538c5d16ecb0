import type { RunRecord, StepState } from "@loom/core";
import type { RunEvent } from "@loom/core/run";
import { describe, expect, test } from "vitest";
import { foresee } from "./foresee.ts";

const at = "2026-01-01T00:00:00.000Z";
const steps = [{ name: "bump" }, { name: "approve" }];

function given(phase: RunRecord["phase"], ...begun: StepState[]): RunRecord {
  const candidate = { id: "one" };
  const manifest = { migrationId: "m", runId: "m__one", attempt: 1, candidate, steps };
  const progress = { phase, steps: begun, compensations: [] };
  return { manifest, attempt: 1, phase, delivery: "delivered", claimedAt: at, progress };
}

function step(stepName: string, status: StepState["status"], stepAttempt = 1): StepState {
  const failures = stepAttempt > 1 ? [{ stepAttempt: 1, error: "no", at }] : [];
  return { stepName, status, stepAttempt, startedAt: at, updatedAt: at, failures };
}

function reported(status: StepState["status"], number = 1): RunEvent {
  const call = { attempt: 1, kind: "do", step: "bump", number } as const;
  return { type: "step_reported", call, status, at };
}

const retried = (number: number): RunEvent => {
  const call = { attempt: 1, kind: "do", step: "bump", number } as const;
  return { type: "retry_requested", call, at };
};
const cancelled = (compensate?: boolean): RunEvent => ({
  type: "cancel_requested",
  attempt: 1,
  at,
  ...(compensate !== undefined && { compensate }),
});

const sure = (answer: string) => ({ answer, isMoot: true });
const likely = (answer: string) => ({ answer, isMoot: false });

describe("the answer foreseen from the saved progress", () => {
  const running = given("running", step("bump", "open"));
  const atRetry = given("running", step("bump", "in_progress", 2));
  const atSecond = given("running", step("bump", "merged"), step("approve", "open"));
  const failed = given("running", step("bump", "failed"));
  const done = given("running", step("bump", "merged"), step("approve", "completed"));
  const cancelling = given("cancelling", step("bump", "open"));

  test.each([
    ["a report on the current call", running, reported("open"), likely("accepted")],
    ["a report that may lift a failure", failed, reported("merged"), likely("accepted")],
    [
      "a report on a call that progress does not show yet",
      running,
      reported("open", 2),
      likely("accepted"),
    ],
    ["the report that ended the step, again", atSecond, reported("merged"), sure("duplicate")],
    ["another report on a step that has succeeded", atSecond, reported("failed"), sure("stale")],
    [
      "the failure of a call that was retried, again",
      atRetry,
      reported("failed"),
      sure("duplicate"),
    ],
    ["another report on a call that was retried", atRetry, reported("open"), sure("stale")],
    ["a retry of what has failed", failed, retried(1), likely("accepted")],
    ["a second retry", atRetry, retried(1), sure("stale")],
    ["a retry of what has succeeded", atSecond, retried(1), sure("stale")],
    [
      "a report while cancelling, which is recorded",
      cancelling,
      reported("open"),
      likely("not_running"),
    ],
    ["a cancel", running, cancelled(true), likely("accepted")],
    ["a second cancel", cancelling, cancelled(true), likely("duplicate")],
    ["a cancel that gives up", cancelling, cancelled(false), likely("accepted")],
    ["a cancel when all is done", done, cancelled(), sure("not_running")],
    ["a report after the end", given("finished"), reported("open"), sure("not_running")],
  ])("is right about %s", (_, run, event, foreseen) => {
    expect(foresee(run, event)).toEqual(foreseen);
  });

  test("is open while there is no progress", () => {
    const { progress: _, ...begun } = running;
    expect(foresee(begun, reported("open"))).toEqual(likely("accepted"));
  });
});
