import { LoomError } from "@loom/core";
import { expect, test } from "vitest";
import {
  billing,
  inputs,
  MIGRATION,
  openLoom,
  operator,
  plan,
  report,
  until,
  untilStatus,
} from "./harness.ts";

const code = async (attempt: Promise<unknown>): Promise<string> => {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return LoomError.is(error) ? error.code : `no LoomError: ${String(error)}`;
};

test("a candidate goes from announce to completed, step by step", async () => {
  const { loom, call } = await openLoom();
  expect(await loom.getCandidate(billing)).toMatchObject({
    status: "not_started",
    missingInputs: ["version"],
  });
  expect(await loom.start(billing, { inputs }, operator)).toEqual({
    runId: `${MIGRATION}__billing`,
    attempt: 1,
  });
  const first = await call(1);
  expect(first).toMatchObject({
    stepName: "bump",
    inputs,
    attempt: 1,
    stepAttempt: 1,
    candidate: { id: "billing", metadata: inputs },
    callbackUrl: `https://platform.example/loom/event/${first.callbackId}`,
    migratorApp: "charts",
  });
  const pr = { prUrl: "https://forge.example/1" };
  expect(await report(loom, first, { phase: "open", metadata: pr })).toEqual({
    status: "accepted",
  });
  expect(await loom.getCandidate(billing)).toMatchObject({
    status: "running",
    phase: "running",
    currentStep: { stepName: "bump", status: "open" },
  });
  await report(loom, first, { phase: "merged" });
  const second = await call(2);
  expect(second.stepName).toBe("approve");
  await report(loom, second, { phase: "awaiting_review" });
  expect((await loom.getMigration(MIGRATION)).counts).toMatchObject({
    running: 1,
    awaitingReview: 1,
  });
  const runId = `${MIGRATION}__billing`;
  const approval = { stepName: "approve", candidateId: "billing", success: true };
  expect(await loom.reportStep(runId, approval, operator)).toEqual({ status: "accepted" });
  await untilStatus(loom, "billing", "completed");
  const steps = await loom.getSteps(billing);
  expect(steps).toMatchObject({ phase: "finished", status: "completed", plan: plan.steps });
  expect(steps.steps).toMatchObject([
    { stepName: "bump", status: "merged", metadata: pr },
    { stepName: "approve", status: "completed" },
  ]);
  const { history } = await loom.listHistory(MIGRATION);
  expect(history.map(({ action, actor }) => `${action} by ${actor.id}`)).toEqual([
    "complete by loom",
    "report_step by ada@example.org",
    "start by ada@example.org",
    "discover by charts",
    "announce by charts",
  ]);
  expect(await code(loom.start(billing, { inputs }))).toBe("already_completed");
  await loom.close();
});

test("a failed step blocks the run until it is retried, and its error is kept", async () => {
  const { loom, call } = await openLoom();
  await loom.start(billing, { inputs });
  await report(loom, await call(1), { success: false, error: "chart not found" });
  expect((await loom.getMigration(MIGRATION)).counts).toMatchObject({ running: 1, blocked: 1 });
  expect(await code(loom.retryStep(billing, { stepName: "approve" }))).toBe("step_not_failed");
  expect(await code(loom.retryStep(billing, { stepName: "bump", attempt: 2 }))).toBe(
    "stale_attempt",
  );
  expect(await code(loom.retryStep(billing, { stepName: "bump", stepAttempt: 2 }))).toBe(
    "stale_attempt",
  );
  await loom.retryStep(billing, { stepName: "bump", attempt: 1, stepAttempt: 1 }, operator);
  const again = await call(2);
  expect(again).toMatchObject({ stepName: "bump", stepAttempt: 2 });
  expect(again.dispatchId).not.toBe((await call(1)).dispatchId);
  expect(await code(loom.retryStep(billing, { stepName: "bump" }))).toBe("step_not_failed");
  await report(loom, again);
  expect((await loom.getSteps(billing)).steps[0]).toMatchObject({
    status: "completed",
    stepAttempt: 2,
    failures: [{ stepAttempt: 1, error: "chart not found" }],
  });
  await loom.close();
});

test("a refused dispatch is a failed step with the migrator's message", async () => {
  const { loom, answerWith } = await openLoom();
  answerWith(() => ({ type: "refused", error: "no such chart" }));
  await loom.start(billing, { inputs });
  const candidate = await until(async () => {
    const found = await loom.getCandidate(billing);
    return found.currentStep?.status === "failed" && found;
  });
  expect(candidate.currentStep?.error).toBe("no such chart");
  await loom.close();
});

test("a queued candidate has a run reserved, keeps its inputs, and may be executed, dequeued or cancelled", async () => {
  const { loom, call } = await openLoom();
  expect(await loom.queue(billing, { inputs }, operator)).toMatchObject({ attempt: 1 });
  expect(await code(loom.queue(billing))).toBe("invalid_transition");
  await loom.dequeue(billing, operator);
  expect(await code(loom.dequeue(billing))).toBe("invalid_transition");
  expect(await code(loom.execute(billing))).toBe("invalid_transition");
  expect(await loom.queue(billing)).toMatchObject({ attempt: 2 });
  expect(await code(loom.execute(billing))).toBe("missing_inputs");
  await loom.cancel(billing, { reason: "not now" }, operator);
  expect((await loom.listCancelledAttempts(MIGRATION)).cancelledAttempts).toMatchObject([
    { attempt: 2, cancelledBy: operator.id, reason: "not now" },
  ]);
  expect(await loom.queue(billing, { inputs })).toMatchObject({ attempt: 3 });
  expect(await loom.execute(billing)).toMatchObject({ attempt: 3 });
  expect((await call(1)).inputs).toEqual(inputs);
  await loom.close();
});

test("a dry run asks each app about its own steps and puts the answers into plan order", async () => {
  const { loom } = await openLoom([{ id: "billing" }], {
    announcement: {
      ...plan,
      steps: [{ name: "a" }, { name: "b", migratorApp: "topics" }, { name: "c" }],
    },
  });
  const { requiredInputs: _, ...other } = plan;
  await loom.announce({ ...other, id: "topic-rename", migratorApp: "topics" });
  const { steps } = await loom.dryRun(billing, { inputs });
  expect(steps.map(({ files }) => files?.[0]?.path)).toEqual(["charts/a", "topics/b", "charts/c"]);
  expect(await code(loom.dryRun(billing, { inputs: { colour: "red" } }))).toBe("unknown_input");
  const preview = await loom.previewCandidate(MIGRATION, { candidate: { id: "new" } });
  expect(preview.steps).toHaveLength(3);
  await loom.close();
});

test("a step goes to the app that it names once that is registered, and till then to the migration's own", async () => {
  const steps = [{ name: "bump", migratorApp: "topics" }];
  const { loom, call } = await openLoom([{ id: "billing" }], { announcement: { ...plan, steps } });
  await loom.start(billing, { inputs });
  const first = await call(1);
  expect(first.migratorApp).toBe("charts");
  await loom.announce({ ...plan, id: "topic-rename", migratorApp: "topics" }, { id: "charts" });
  await report(loom, first, { success: false, error: "not mine" });
  await loom.retryStep(billing, { stepName: "bump" });
  expect((await call(2)).migratorApp).toBe("topics");
  await loom.close();
});

test("inputs edited while a run waits take effect at its next dispatch", async () => {
  const { loom, call } = await openLoom();
  await loom.start(billing, { inputs });
  await call(1);
  expect(await code(loom.updateInputs(billing, { colour: "red" }))).toBe("unknown_input");
  await loom.updateInputs(billing, { version: "2.0.1" }, operator);
  await report(loom, await call(1));
  expect((await call(2)).inputs).toEqual({ version: "2.0.1" });
  await loom.close();
});

test("a migration or an app that belongs to one principal cannot be taken over by another", async () => {
  const { loom } = await openLoom();
  expect(await code(loom.announce(plan, { id: "mallory" }))).toBe("forbidden");
  expect(await code(loom.announce({ ...plan, id: "other" }, { id: "mallory" }))).toBe("forbidden");
  await loom.close();
});

test("a migration announced anew in mid-run changes later runs only, but its address at once", async () => {
  const { loom, call } = await openLoom();
  await loom.start(billing, { inputs });
  const moved = { ...plan, steps: [{ name: "other" }], migratorUrl: "http://127.0.0.1:9/moved" };
  await loom.announce(moved, { id: "charts" });
  await report(loom, await call(1));
  expect(await call(2)).toMatchObject({ stepName: "approve", migratorUrl: moved.migratorUrl });
  await loom.close();
});
