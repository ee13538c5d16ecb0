import type { StatusChange } from "@loom/core";
import type { CancelRequested, RunEvent } from "@loom/core/run";
import { temporal as api } from "@temporalio/proto";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { eventually } from "../../../test/eventually.ts";
import { given } from "./world/given.ts";
import { createLoomWorld, type LoomWorld, until } from "./world/loom.ts";
import { TEST_TIMEOUT_MS } from "./world/patience.ts";
import { connectTemporal, newQueue, type Temporal } from "./world/temporal.ts";
import { startWorker } from "./world/worker.ts";
import { workerOfTest } from "./world/worker-of-test.ts";

vi.setConfig({ testTimeout: TEST_TIMEOUT_MS, hookTimeout: TEST_TIMEOUT_MS });

let temporal: Temporal;
beforeAll(async () => {
  temporal = await connectTemporal(given());
});
afterAll(() => temporal.close());

const refOf = ({ migrationId }: LoomWorld) => ({ migrationId, candidateId: "one" });

/** Two Looms with stores of their own, the same migration and candidate, and one namespace; the first runs it. */
async function twoLooms() {
  const ours = await createLoomWorld(temporal);
  const theirs = await createLoomWorld(temporal, { migrationId: ours.migrationId });
  await workerOfTest(temporal, ours);
  await ours.start("one");
  await ours.untilCalls("one", "1 do bump 1");
  return { ours, theirs };
}

/** What came to the run from outside: signals and cancels. */
async function broughtTo({ runId }: LoomWorld): Promise<number> {
  const { events } = await temporal.client.workflow.getHandle(runId("one")).fetchHistory();
  const { EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: signal } = api.api.enums.v1.EventType;
  const { EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED: cancel } = api.api.enums.v1.EventType;
  return (events ?? []).filter(({ eventType }) => eventType === signal || eventType === cancel)
    .length;
}

async function endWell(world: LoomWorld): Promise<void> {
  await world.report("one", 1);
  await world.report("one", 2);
  await world.untilStatus("one", "completed");
}

test("a Loom over the same store in another namespace leaves a run alone", async () => {
  const ours = await createLoomWorld(temporal);
  await workerOfTest(temporal, ours);
  await ours.start("one");
  await ours.untilCalls("one", "1 do bump 1");
  const { store, migrationId } = ours;
  const client = temporal.clientWith({ namespace: "another" });
  const { loom: away } = await createLoomWorld(temporal, { store, migrationId, client });
  expect(await away.recover()).toEqual({ started: 0, closed: 0, failed: 1 });
  expect((await ours.candidate("one")).status).toBe("running");
  await endWell(ours);
});

describe("two Looms with stores of their own in one namespace", () => {
  test("a start is refused at once where the other runs the candidate, and says so", async () => {
    const { ours, theirs } = await twoLooms();
    await expect(theirs.start("one")).rejects.toMatchObject({
      code: "engine_unavailable",
      message: expect.stringContaining("Another Loom, with a store of its own"),
      details: {},
    });
    expect(await theirs.loom.recover()).toMatchObject({ started: 0, closed: 0, failed: 1 });
    await endWell(ours);
  });

  test("a cancel frees the own candidate and leaves the run of the other alone", async () => {
    const { ours, theirs } = await twoLooms();
    await theirs.start("one").catch(() => undefined);
    await theirs.loom.cancel(refOf(theirs), { reason: "not here" });
    expect((await theirs.candidate("one")).status).toBe("not_started");
    const { cancelledAttempts } = await theirs.loom.listCancelledAttempts(theirs.migrationId);
    expect(cancelledAttempts).toMatchObject([{ candidateId: "one", reason: "not here" }]);
    expect(await broughtTo(ours)).toBe(0);
    expect((await ours.candidate("one")).status).toBe("running");
    await endWell(ours);
    expect(ours.migrators.calls("one")).toEqual(["1 do bump 1", "1 do approve 1"]);
  });

  test("a run of the other is none: it is not found, takes no event and no cancel", async () => {
    const { ours, theirs } = await twoLooms();
    await theirs.start("one").catch(() => undefined);
    const { engine, runId } = theirs;
    expect(await engine.getRun(runId("one"), 1)).toBeNull();
    expect(await ours.engine.getRun(runId("one"), 1)).toEqual({ phase: "running" });
    expect(await engine.raiseEvent(runId("one"), 1, REPORT)).toBe("not_running");
    expect(await engine.cancelRun(runId("one"), 1, CANCEL)).toBe("not_running");
    const inputs = theirs.loom.updateInputs(refOf(theirs), {});
    await expect(inputs).rejects.toThrow("Another Loom");
    expect(await broughtTo(ours)).toBe(0);
    await endWell(ours);
  });

  test("what is meant for a run that was terminated does not reach the other's, which has taken its id", async () => {
    const ours = await createLoomWorld(temporal);
    const theirs = await createLoomWorld(temporal, { migrationId: ours.migrationId });
    await workerOfTest(temporal, ours);
    await workerOfTest(temporal, theirs);
    await theirs.start("one");
    await theirs.untilCalls("one", "1 do bump 1");
    await temporal.client.workflow.getHandle(theirs.runId("one")).terminate();
    await ours.start("one");
    await ours.untilCalls("one", "1 do bump 1");
    await theirs.report("one", 1);
    await ours.report("one", 1, { phase: "open" });
    await eventually(async () => {
      const { currentStep } = await ours.candidate("one");
      expect(currentStep).toMatchObject({ stepName: "bump", status: "open" });
    });
    expect(ours.migrators.calls("one")).toEqual(["1 do bump 1"]);
    expect(await theirs.loom.recover()).toMatchObject({ closed: 1 });
    await endWell(ours);
  });
});

test("a workflow of another type with the id of a run is told, left alone, and keeps no candidate", async () => {
  const world = await createLoomWorld(temporal);
  const workflowId = world.runId("one");
  const options = { taskQueue: newQueue(), workflowId, memo: { attempt: 1, phase: "running" } };
  const other = await temporal.client.workflow.start("greet", options);
  await expect(world.start("one")).rejects.toMatchObject({
    code: "engine_unavailable",
    message: expect.stringContaining("another type"),
  });
  await world.cancel("one");
  expect((await world.candidate("one")).status).toBe("not_started");
  expect(await broughtTo(world)).toBe(0);
  await other.terminate();
  await workerOfTest(temporal, world);
  await world.loom.start(refOf(world));
  await until("the call", () => world.migrators.calls("one").includes("2 do bump 1"));
});

test("a cancel frees a candidate also while an earlier attempt cannot close, for want of a worker", async () => {
  const world = await createLoomWorld(temporal, { closeSeconds: 0 });
  const worker = await startWorker(temporal, world.engine);
  await world.start("one");
  await world.untilCalls("one", "1 do bump 1");
  await worker.stop();
  await world.store.changeStatus(endOfFirst(world));
  await expect(world.loom.start(refOf(world))).rejects.toThrow("An earlier attempt");
  await world.cancel("one");
  expect((await world.candidate("one")).status).toBe("not_started");
});

/** The end of the first attempt as its worker had written it just before it died. */
function endOfFirst(world: LoomWorld): StatusChange {
  return {
    ...refOf(world),
    token: "the end",
    from: { status: "running", attempt: 1 },
    to: { status: "not_started", attempt: 1 },
    at: AT,
    inputs: {},
    history: { at: AT, actor: { id: "loom" }, action: "close", candidateId: "one", attempt: 1 },
  };
}

const AT = "2026-01-01T00:00:00.000Z";
const CALL = { attempt: 1, kind: "do", step: "bump", number: 1 } as const;
const REPORT: RunEvent = { type: "step_reported", call: CALL, status: "completed", at: AT };
const CANCEL: CancelRequested = { type: "cancel_requested", attempt: 1, at: AT };
