import { beforeEach, expect, test } from "vitest";
import { missingPython } from "./support/python.ts";
import { discovered, openStage, pollUntil, refTo } from "./support/stage.ts";

// The one thing that a checkout cannot bring itself.
beforeEach(({ skip }) => skip(missingPython !== undefined, missingPython));

const billing = refTo("billing");
const inputs = { version: "3.13" };
const isReviewed = ({ steps }: { steps: readonly { status: string }[] }) =>
  steps.some(({ status }) => status === "awaiting_review");

test("a candidate goes from discovery over a preview and a review to its end", async () => {
  const stage = await openStage();
  stage.startPython();
  await discovered(stage);
  expect((await stage.loom.getCandidate(billing)).state).toEqual({
    ".python-version": "3.9.7",
    Dockerfile: "3.9-slim",
  });

  const { steps } = await stage.loom.dryRun(billing, { inputs });
  expect(steps.map(({ stepName, skipped }) => [stepName, skipped])).toEqual([
    ["pin", false],
    ["image", false],
    ["review", true],
  ]);
  expect(stage.read("billing", "Dockerfile")).toContain("python:3.9-slim\n");

  await stage.loom.start(billing, { inputs });
  const waiting = await stage.until("billing", isReviewed);
  expect(waiting.steps.at(-1)?.metadata?.["instructions"]).toMatch(/Look at .*billing/);
  await stage.loom.reportStep("python-upgrade__billing", {
    stepName: "review",
    candidateId: "billing",
    success: true,
  });
  const done = await stage.until("billing", ({ status }) => status === "completed");
  expect(done.steps.map(({ status }) => status)).toEqual(["completed", "completed", "completed"]);
  for (const [index, file] of ([".python-version", "Dockerfile"] as const).entries())
    expect(stage.read("billing", file)).toBe(steps[index]?.files?.[0]?.after);
  expect(stage.read("checkout", ".python-version")).toBe("3.9.7\n");
});

test("a cancel with compensation puts every file back, the last one first", async () => {
  const stage = await openStage();
  stage.startPython();
  await discovered(stage);
  await stage.loom.start(billing, { inputs });
  await stage.until("billing", isReviewed);
  expect(stage.read("billing", ".python-version")).toBe("3.13\n");

  await stage.loom.cancel(billing, { compensate: true, reason: "not this week" });
  const undone = await stage.until("billing", ({ status }) => status === "not_started");
  expect(undone.compensations.map(({ stepName, status }) => [stepName, status])).toEqual([
    ["image", "completed"],
    ["pin", "completed"],
  ]);
  expect(stage.read("billing", ".python-version")).toBe("3.9.7\n");
  expect(stage.read("billing", "Dockerfile")).toContain("FROM python:3.9-slim\n");
});

test("a report is repeated until Loom takes it, also by the process after a kill", async () => {
  const stage = await openStage();
  const kill = stage.startPython();
  await discovered(stage);
  stage.takesReports = false;
  await stage.loom.start(billing, { inputs });
  await pollUntil(
    async () => stage.reports.length,
    (tries) => tries >= 2,
  );
  await kill();
  stage.takesReports = true;
  stage.startPython();
  const { steps } = await stage.until("billing", isReviewed);
  expect(steps.map(({ status, stepAttempt }) => [status, stepAttempt])).toEqual([
    ["completed", 1],
    ["completed", 1],
    ["awaiting_review", 1],
  ]);
});

test("a dispatch that comes again is accepted, and neither worked on nor reported again", async () => {
  const stage = await openStage();
  stage.startPython();
  await discovered(stage);
  await stage.loom.start(billing, { inputs });
  await stage.until("billing", isReviewed);
  const reported = stage.reports.length;
  const [first] = stage.dispatched;
  if (!first) throw new Error("nothing was dispatched");
  expect(await stage.migrators.dispatchStep(...first)).toEqual({ type: "accepted" });
  // Work is done in the order in which it comes, so whatever the repetition did is done before this run's.
  await stage.loom.start(refTo("checkout"), { inputs });
  await stage.until("checkout", isReviewed);
  expect(stage.reports.length).toBe(reported + 3);
});

test("a step that cannot be done fails with the reason, and goes on after a retry with better inputs", async () => {
  const stage = await openStage();
  stage.startPython();
  await discovered(stage);
  await stage.loom.start(billing, { inputs: { version: "latest" } });
  const failed = await stage.until("billing", ({ steps }) => steps[0]?.status === "failed");
  expect(failed.steps[0]?.error).toContain("such as 3.13, not 'latest'");
  await stage.loom.updateInputs(billing, inputs);
  await stage.loom.retryStep(billing, { stepName: "pin" });
  expect((await stage.until("billing", isReviewed)).steps[0]?.stepAttempt).toBe(2);
});

test("what does not come from Loom, or leads out of the fleet, is refused", async () => {
  const stage = await openStage();
  stage.startPython();
  await discovered(stage);
  const { migratorUrl } = await stage.loom.getMigration("python-upgrade");
  const unsigned = await fetch(`${migratorUrl}/dispatch-step`, { method: "POST", body: "{}" });
  expect(unsigned.status).toBe(401);
  const outside = { candidate: { id: "../fleet/billing" }, inputs };
  const { steps } = await stage.loom.previewCandidate("python-upgrade", outside);
  expect(steps[0]).toMatchObject({ skipped: true, error: expect.stringContaining("no service") });
});
