import { LoomError } from "@loom/core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { given } from "./world/given.ts";
import { startKillableWorker } from "./world/killable-worker.ts";
import { createLoomWorld, type LoomWorld, until } from "./world/loom.ts";
import { connectTemporal, type Temporal } from "./world/temporal.ts";
import { workerOfTest } from "./world/worker-of-test.ts";
import { TEST_TIMEOUT_MS } from "./world/patience.ts";

vi.setConfig({ testTimeout: TEST_TIMEOUT_MS, hookTimeout: TEST_TIMEOUT_MS });

let temporal: Temporal;
beforeAll(async () => {
  temporal = await connectTemporal(given());
});
afterAll(() => temporal.close());

async function killableWorkerFor(world: LoomWorld) {
  const worker = await startKillableWorker(temporal, world);
  onTestFinished(() => worker.kill());
  return worker;
}

const UNDOABLE = [
  { name: "first", compensable: true },
  { name: "second", compensable: true },
  { name: "third" },
];

describe("workers come and go", () => {
  test("a start in the very moment in which a cancelled run's status is reset gives a run, 200 times over", async () => {
    const world = await createLoomWorld(temporal);
    await workerOfTest(temporal, world);
    const ids = ["a", "b", "c", "d", "e", "f", "g", "h"];
    const attempts = 25;
    await world.start(...ids);
    await Promise.all(ids.map((id) => restartAgainAndAgain(world, id, attempts)));
    const runs = ids.map((id) => new Set(world.migrators.calls(id)).size);
    expect(runs).toEqual(ids.map(() => attempts + 1));
  });

  test("another worker finishes what one was killed in the middle of", async () => {
    const world = await createLoomWorld(temporal, { heartbeatSeconds: 3 });
    world.migrators.answer(() => new Promise(() => {}));
    const first = await killableWorkerFor(world);
    await world.start("one");
    await world.untilCalls("one", "1 do bump 1");
    await first.kill();
    world.migrators.answer(() => ({ type: "accepted" }));
    await killableWorkerFor(world);
    await world.untilCalls("one", "1 do bump 1", "1 do bump 1");
    const ids = world.migrators.received.map(({ dispatchId }) => dispatchId);
    expect(new Set(ids).size).toBe(1);
    await world.report("one", 2);
    await world.report("one", 3);
    await world.untilStatus("one", "completed");
  });

  test("a run goes on where its worker was killed between a report and the next dispatch", async () => {
    const world = await createLoomWorld(temporal);
    const first = await killableWorkerFor(world);
    await world.start("one");
    await world.untilCalls("one", "1 do bump 1");
    await first.kill();
    expect(await world.report("one", 1)).toEqual({ status: "accepted" });
    await killableWorkerFor(world);
    await world.untilCalls("one", "1 do bump 1", "1 do approve 1");
  });

  test("compensation goes on in reverse order over a restart of the worker", async () => {
    const world = await createLoomWorld(temporal, { steps: UNDOABLE });
    const first = await workerOfTest(temporal, world);
    await world.start("one");
    await world.report("one", 1);
    await world.report("one", 2);
    await until("the third", () => world.migrators.calls("one").length === 3);
    await world.cancel("one", true);
    await until("the first undoing", () => world.migrators.calls("one").length === 4);
    await first.stop();
    await world.report("one", 4);
    await workerOfTest(temporal, world);
    await world.report("one", 5);
    await world.untilStatus("one", "not_started");
    const undone = world.migrators.calls("one").slice(3);
    expect(undone).toEqual(["1 undo second 1", "1 undo first 1"]);
  });

  test("runs that are never cached come to their end", async () => {
    const world = await createLoomWorld(temporal, { steps: UNDOABLE });
    await workerOfTest(temporal, world, { maxCachedWorkflows: 0 });
    await world.start("one", "two");
    for (const call of [1, 2]) await world.report("one", call);
    await world.report("two", 1, { success: false, error: "conflict" });
    await until("a failed step", async () => {
      const { currentStep } = await world.candidate("two");
      return currentStep?.status === "failed";
    });
    await world.cancel("two", true);
    await world.report("two", 2);
    await world.untilStatus("two", "not_started");
    await world.report("one", 3);
    expect(await world.untilStatus("one", "completed")).toMatchObject({ attempt: 1 });
  });

  test("progress is there to query with a worker, also after the end, and from the store without one", async () => {
    const world = await createLoomWorld(temporal, { steps: [{ name: "bump" }] });
    const worker = await workerOfTest(temporal, world);
    await world.start("one", "two");
    await world.untilCalls("one", "1 do bump 1");
    const query = (id: string) =>
      temporal.client.workflow.getHandle(world.runId(id)).query("progress");
    expect(await query("one")).toMatchObject({ phase: "running", steps: [{ stepName: "bump" }] });
    await world.report("one", 1);
    await world.untilStatus("one", "completed");
    await until(
      "the close",
      async () => (await world.engine.getRun(world.runId("one"), 1)) === null,
    );
    expect(await query("one")).toMatchObject({ phase: "finished" });
    await world.untilCalls("two", "1 do bump 1");
    await worker.stop();
    const soon = temporal.client.withDeadline(Date.now() + 1_000, () => query("two"));
    await expect(soon).rejects.toThrow("Failed to query");
    const ref = { migrationId: world.migrationId, candidateId: "two" };
    expect(await world.loom.getSteps(ref)).toMatchObject({ phase: "running" });
    expect(await world.engine.getRun(world.runId("two"), 1)).toEqual({ phase: "running" });
  });
});

/** Cancels a run and starts it again as soon as anybody can, over and over. */
async function restartAgainAndAgain(world: LoomWorld, id: string, times: number): Promise<void> {
  const ref = { migrationId: world.migrationId, candidateId: id };
  for (let attempt = 1; attempt <= times; attempt++) {
    await until("the call", () => world.migrators.calls(id).includes(`${attempt} do bump 1`));
    await world.cancel(id);
    const started = await startedAtLast(() => world.loom.start(ref));
    expect(started.attempt).toBe(attempt + 1);
  }
  await until("the last call", () => world.migrators.calls(id).includes(`${times + 1} do bump 1`));
}

async function startedAtLast<T>(start: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await start();
    } catch (error) {
      if (!LoomError.is(error, "run_closing", "already_running")) throw error;
      await new Promise((resume) => setImmediate(resume));
    }
  }
}
