import { INTERPRETER_VERSION } from "@loom/core/run";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { given } from "./world/given.ts";
import { createLoomWorld, type LoomWorld, until } from "./world/loom.ts";
import { connectTemporal, type Temporal } from "./world/temporal.ts";
import { type RunningWorker, startWorker } from "./world/worker.ts";
import { TEST_TIMEOUT_MS } from "./world/patience.ts";

vi.setConfig({ testTimeout: TEST_TIMEOUT_MS, hookTimeout: TEST_TIMEOUT_MS });

let temporal: Temporal;
let world: LoomWorld;
let worker: RunningWorker;
beforeAll(async () => {
  temporal = await connectTemporal(given());
});
afterAll(() => temporal.close());
beforeEach(async () => {
  world = await createLoomWorld(temporal);
  worker = await startWorker(temporal, world.engine);
  return () => worker.stop();
});

const execution = (id: string) => temporal.client.workflow.getHandle(world.runId(id));
const statusOf = async (id: string) => (await execution(id).describe()).status.name;
const untilCancelling = (id: string) =>
  until("cancelling", async () => {
    const { memo } = await execution(id).describe();
    return memo?.["phase"] === "cancelling";
  });
const cancelledAttempts = async () => {
  const { cancelledAttempts: attempts } = await world.loom.listCancelledAttempts(world.migrationId);
  return attempts;
};

describe("what is done to a run in Temporal itself", () => {
  test("a cancel there cleans up as one in Loom does, and says where it came from", async () => {
    await world.start("one");
    await world.untilCalls("one", "1 do bump 1");
    await execution("one").cancel();
    await world.untilStatus("one", "not_started");
    await until("the close", async () => (await statusOf("one")) === "CANCELLED");
    expect(await cancelledAttempts()).toMatchObject([
      { candidateId: "one", attempt: 1, cancelledBy: "temporal", reason: "cancelled in Temporal" },
    ]);
    await world.start("one");
    await world.untilCalls("one", "1 do bump 1", "2 do bump 1");
  });

  test("a cancel there waits for the call that is under way, as one in Loom does", async () => {
    const answer = holdAnswers();
    await world.start("one");
    await world.untilCalls("one", "1 do bump 1");
    await execution("one").cancel();
    await untilCancelling("one");
    expect((await world.candidate("one")).status).toBe("running");
    answer();
    await world.untilStatus("one", "not_started");
    await until("the close", async () => (await statusOf("one")) === "CANCELLED");
    expect(world.migrators.calls("one")).toEqual(["1 do bump 1"]);
    expect(await cancelledAttempts()).toHaveLength(1);
  });

  test("a cancel there of a run that is being compensated leaves the compensation its way", async () => {
    await world.start("one");
    await world.report("one", 1);
    await world.untilCalls("one", "1 do bump 1", "1 do approve 1");
    await world.cancel("one", true);
    await world.untilCalls("one", "1 do bump 1", "1 do approve 1", "1 undo bump 1");
    await execution("one").cancel();
    await execution("one").cancel();
    await world.report("one", 3);
    await world.untilStatus("one", "not_started");
    await until("the close", async () => (await statusOf("one")) === "CANCELLED");
    const [attempt, ...others] = await cancelledAttempts();
    expect(others).toEqual([]);
    expect(attempt).not.toHaveProperty("notCompensated");
    expect(attempt?.cancelledBy).not.toBe("temporal");
  });

  test("a cancel in Loom ends the execution as cancelled, and shows it as cancelling before", async () => {
    await world.start("one");
    await world.untilCalls("one", "1 do bump 1");
    const answer = holdAnswers();
    await world.report("one", 1);
    await world.untilCalls("one", "1 do bump 1", "1 do approve 1");
    await world.cancel("one");
    await untilCancelling("one");
    expect(await world.engine.getRun(world.runId("one"), 1)).toEqual({ phase: "cancelling" });
    answer();
    await world.untilStatus("one", "not_started");
    await until("the close", async () => (await statusOf("one")) === "CANCELLED");
  });

  test("a run that was terminated there is found by the recovery and finished as cancelled", async () => {
    await world.start("one", "two");
    await world.untilCalls("one", "1 do bump 1");
    await world.untilCalls("two", "1 do bump 1");
    await until("progress", async () => (await world.candidate("two")).currentStep !== undefined);
    await execution("one").terminate();
    expect(await world.loom.recover()).toEqual({ started: 0, closed: 1, failed: 0 });
    expect(await world.candidate("one")).toMatchObject({ status: "not_started" });
    expect(await world.candidate("two")).toMatchObject({ status: "running" });
    const [attempt] = await cancelledAttempts();
    expect(attempt?.reason).toContain("terminated or deleted");
  });

  test("a run that was deleted there is found by the recovery and finished as cancelled", async () => {
    await world.start("one");
    await world.untilCalls("one", "1 do bump 1");
    const { connection, options } = temporal.client;
    await connection.workflowService.deleteWorkflowExecution({
      namespace: options.namespace,
      workflowExecution: { workflowId: world.runId("one") },
    });
    await until("the deletion", async () => (await world.loom.recover()).closed === 1);
    expect(await world.candidate("one")).toMatchObject({ status: "not_started" });
    const [attempt] = await cancelledAttempts();
    expect(attempt?.reason).toContain("terminated or deleted");
  });

  test("a run that was terminated before it had shown anything is not begun again", async () => {
    await worker.stop();
    await world.start("one");
    await execution("one").terminate();
    worker = await startWorker(temporal, world.engine);
    const ref = { migrationId: world.migrationId, candidateId: "one" };
    await world.store.markUndelivered(ref, 1);
    expect(await world.loom.recover()).toMatchObject({ started: 1 });
    expect(await world.loom.recover()).toMatchObject({ closed: 1 });
    expect(await world.candidate("one")).toMatchObject({ status: "not_started" });
    expect(world.migrators.calls("one")).toEqual([]);
  });

  test("signals that are no events do not wedge a run", async () => {
    await world.start("one");
    await world.untilCalls("one", "1 do bump 1");
    for (const garbage of GARBAGE) await execution("one").signal("loomEvent", garbage);
    await execution("one").signal("loomEvent");
    for (const garbage of [GARBAGE, ...GARBAGE])
      await execution("one").signal("loomEvents", garbage);
    await execution("one").signal("loomEvents");
    await execution("one").signal("anything", 1);
    const { connection, options } = temporal.client;
    await connection.workflowService.signalWorkflowExecution({
      namespace: options.namespace,
      workflowExecution: { workflowId: world.runId("one") },
      signalName: "loomEvent",
      input: { payloads: [{ metadata: { encoding: UNKNOWN_ENCODING }, data: UNKNOWN_ENCODING }] },
    });
    expect(await world.report("one", 1)).toEqual({ status: "accepted" });
    await world.untilCalls("one", "1 do bump 1", "1 do approve 1");
  });

  test("a run that a newer Loom has begun is left alone, and waits for a newer worker", async () => {
    const workflowId = world.runId("new");
    const ids = { migrationId: world.migrationId, runId: workflowId, attempt: 1 };
    const manifest = { ...ids, candidate: { id: "new" }, steps: [] };
    const timing = { heartbeatSeconds: 1, callSeconds: 10 };
    const input = { interpreterVersion: INTERPRETER_VERSION + 1, timing, manifest };
    const { taskQueue } = world.engine;
    await temporal.client.workflow.start("loomRun", { workflowId, taskQueue, args: [input] });
    await until("a failed workflow task", async () => {
      const { events } = await execution("new").fetchHistory();
      return events?.some((event) => event.workflowTaskFailedEventAttributes) === true;
    });
    expect(await statusOf("new")).toBe("RUNNING");
    await execution("new").terminate();
  });

  test("an execution of that id that is not Loom's is left alone, and the start says so in time", async () => {
    const impatient = await createLoomWorld(temporal, { closeSeconds: 1 });
    const workflowId = impatient.runId("one");
    await temporal.client.workflow.start("stranger", { workflowId, taskQueue: "nobody" });
    await expect(impatient.start("one")).rejects.toMatchObject({ code: "engine_unavailable" });
    expect(await impatient.engine.getRun(workflowId, 1)).toBe(null);
    await temporal.client.workflow.getHandle(workflowId).terminate();
  });
});

/** Lets migrators answer no call before that is called. */
function holdAnswers(): () => void {
  let answer = (): void => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  world.migrators.answer(async () => {
    await answered;
    return { type: "accepted" };
  });
  return answer;
}

const UNKNOWN_ENCODING = new TextEncoder().encode("no/such-encoding");
const AT = "2026-01-01T00:00:00.000Z";
const CALL = { attempt: 1, kind: "do", step: "bump", number: 1 };
const GARBAGE: readonly unknown[] = [
  null,
  "cancel",
  42,
  [],
  {},
  { type: "__proto__", at: AT },
  { type: "constructor", at: AT },
  { type: "cancel_requested", attempt: 1 },
  { type: "cancel_requested", attempt: "1", at: AT },
  { type: "step_reported", at: AT },
  { type: "step_reported", at: AT, call: null, status: "failed" },
  { type: "step_reported", at: "yesterday", call: CALL, status: "failed" },
  { type: "step_reported", at: AT, call: CALL, status: "exploded" },
  { type: "step_reported", at: AT, call: CALL, status: "failed", metadata: { a: 1 } },
  { type: "inputs_updated", at: AT, attempt: 1, inputs: "x" },
  { type: "dispatch_settled", at: AT, call: CALL, outcome: "refused" },
  { type: "timer_fired", at: AT, call: CALL },
];
