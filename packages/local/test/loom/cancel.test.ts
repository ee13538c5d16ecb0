import { LoomError } from "@loom/core";
import { expect, test } from "vitest";
import { createLocalEngine } from "../../src/index.ts";
import {
  billing,
  inputs,
  MIGRATION,
  openLoom,
  operator,
  outcome,
  report,
  until,
  untilStatus,
} from "./harness.ts";

test("a cancel while a dispatch is under way cleans up once, after it has settled", async () => {
  const { loom, call, answerWith } = await openLoom();
  let settle: (() => void) | undefined;
  answerWith(
    () =>
      new Promise((resolve) => {
        settle = () => resolve({ type: "accepted" });
      }),
  );
  await loom.start(billing, { inputs });
  await call(1);
  await loom.cancel(billing, { reason: "wrong version" }, operator);
  expect(await loom.getCandidate(billing)).toMatchObject({
    status: "running",
    phase: "cancelling",
  });
  await expect(loom.start(billing, { inputs })).rejects.toMatchObject({ code: "run_closing" });
  await loom.cancel(billing, {}, operator);
  settle?.();
  await untilStatus(loom, "billing", "not_started");
  const { cancelledAttempts } = await loom.listCancelledAttempts(MIGRATION);
  expect(cancelledAttempts).toMatchObject([
    { attempt: 1, cancelledBy: operator.id, reason: "wrong version" },
  ]);
  await loom.close();
});

test("what belongs to a cancelled attempt never touches the next one", async () => {
  const { loom, call } = await openLoom();
  await loom.start(billing, { inputs });
  const old = await call(1);
  await loom.cancel(billing);
  await untilStatus(loom, "billing", "not_started");
  expect(await report(loom, old)).toEqual({ status: "ignored", reason: "not_running" });
  expect(await loom.start(billing, { inputs })).toMatchObject({ attempt: 2 });
  expect(await report(loom, old)).toEqual({ status: "ignored", reason: "stale" });
  await expect(loom.cancel(billing, { attempt: 1 })).rejects.toMatchObject({
    code: "stale_attempt",
  });
  expect(await loom.getSteps(billing)).toMatchObject({
    attempt: 2,
    steps: [{ status: "in_progress" }],
  });
  await loom.close();
});

test("compensation undoes the dispatched compensable steps, with what is known of them, before the status changes", async () => {
  const { loom, call } = await openLoom();
  await loom.start(billing, { inputs });
  await report(loom, await call(1), { phase: "merged", metadata: { prUrl: "pr/1" } });
  await call(2);
  await loom.cancel(billing, { compensate: true }, operator);
  const undo = await call(3);
  expect(undo).toMatchObject({
    kind: "undo",
    stepName: "bump",
    stepStatus: "merged",
    stepMetadata: { prUrl: "pr/1" },
  });
  expect((await loom.getCandidate(billing)).status).toBe("running");
  await report(loom, undo, { success: false, error: "forge is down" });
  await until(async () => (await loom.getCandidate(billing)).currentStep?.status === "failed");
  await loom.retryStep(billing, { stepName: "bump" }, operator);
  await report(loom, await call(4));
  await untilStatus(loom, "billing", "not_started");
  expect((await loom.getSteps(billing)).compensations).toMatchObject([
    { stepName: "bump", status: "completed", stepAttempt: 2 },
  ]);
  await loom.close();
});

test("a compensation that is given up is recorded", async () => {
  const { loom, call } = await openLoom();
  await loom.start(billing, { inputs });
  await call(1);
  await loom.cancel(billing, { compensate: true });
  await call(2);
  await loom.cancel(billing, { compensate: false });
  await untilStatus(loom, "billing", "not_started");
  const { cancelledAttempts } = await loom.listCancelledAttempts(MIGRATION);
  expect(cancelledAttempts).toMatchObject([{ notCompensated: ["bump"] }]);
  await loom.close();
});

test("a start right after a cancel is refused clearly or starts the next attempt, 200 times over", async () => {
  const { loom, received } = await openLoom();
  let attempts = 0;
  for (let round = 0; round < 200; round++) {
    const started = await until(() =>
      loom.start(billing, { inputs }).catch((error: unknown) => {
        if (LoomError.is(error, "run_closing")) return undefined;
        throw error;
      }),
    );
    attempts++;
    expect(started.attempt).toBe(attempts);
    await until(async () => received.some(({ attempt }) => attempt === attempts));
    await loom.cancel(billing);
  }
  await untilStatus(loom, "billing", "not_started");
  const ids = received.map(({ dispatchId }) => dispatchId);
  expect(new Set(ids).size).toBe(ids.length);
  await loom.close();
});

test("a cancel that comes while the run completes is not answered as done", async () => {
  const engine = createLocalEngine();
  const late = {
    ...engine,
    cancelRun: async () => "not_running" as const,
    // between two looks of the cancel the last step is reported
    async getRun(runId: string, attempt: number) {
      await report(loom, await call(2));
      await untilStatus(loom, "billing", "completed");
      return engine.getRun(runId, attempt);
    },
  };
  const { loom, call } = await openLoom([{ id: "billing" }], { engine: late });
  await loom.start(billing, { inputs });
  await report(loom, await call(1));
  await call(2);
  expect(await outcome(loom.cancel(billing))).toBe("already_completed");
  await loom.close();
});
