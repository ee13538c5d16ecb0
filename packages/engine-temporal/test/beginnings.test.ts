import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { given } from "./world/given.ts";
import { createLoomWorld, type LoomWorld, until } from "./world/loom.ts";
import { connectTemporal, type Temporal } from "./world/temporal.ts";
import { workerOfTest } from "./world/worker-of-test.ts";
import { TEST_TIMEOUT_MS } from "./world/patience.ts";

vi.setConfig({ testTimeout: TEST_TIMEOUT_MS, hookTimeout: TEST_TIMEOUT_MS });

const ONE_STEP = [{ name: "bump" }];

let temporal: Temporal;
beforeAll(async () => {
  temporal = await connectTemporal(given());
});
afterAll(() => temporal.close());

const executionOf = async (world: LoomWorld, id: string) => {
  const { runId, status } = await temporal.client.workflow.getHandle(world.runId(id)).describe();
  return { runId, status: status.name };
};

/** Gives an attempt to the engine once more, as one does who did not hear that it was taken. */
async function startAgain(world: LoomWorld, candidateId: string): Promise<void> {
  const run = await world.store.getRun({ migrationId: world.migrationId, candidateId });
  if (!run) throw new Error(`${candidateId} has never been started`);
  await world.engine.startRun(run.manifest);
}

describe("an attempt that is started once more", () => {
  test("has one execution, while it runs, when it is completed and when it is cancelled", async () => {
    const world = await createLoomWorld(temporal, { steps: ONE_STEP });
    await workerOfTest(temporal, world);
    await world.start("completed", "cancelled");
    const [first, second] = [
      await executionOf(world, "completed"),
      await executionOf(world, "cancelled"),
    ];
    await startAgain(world, "completed");
    await startAgain(world, "cancelled");
    expect(await executionOf(world, "completed")).toEqual(first);

    await world.report("completed", 1);
    await world.cancel("cancelled");
    await until("both ends", async () => {
      const ends = [await executionOf(world, "completed"), await executionOf(world, "cancelled")];
      return String(ends.map(({ status }) => status)) === "COMPLETED,CANCELLED";
    });
    await startAgain(world, "completed");
    await startAgain(world, "cancelled");
    expect((await executionOf(world, "completed")).runId).toBe(first.runId);
    expect((await executionOf(world, "cancelled")).runId).toBe(second.runId);
  });

  test("is refused where Temporal has a completed run of another store, with what to do about it", async () => {
    const world = await createLoomWorld(temporal, { steps: [] });
    await workerOfTest(temporal, world);
    await world.start("one");
    await world.untilStatus("one", "completed");
    const { migrationId } = world;
    const stranger = await createLoomWorld(temporal, { migrationId, closeSeconds: 0 });
    await until("the close", async () => (await executionOf(world, "one")).status === "COMPLETED");
    await expect(stranger.start("one")).rejects.toThrow("delete it there");
  });
});

describe("what comes before the first workflow task", () => {
  test("is not lost: new inputs are in the call after the one that the start has made", async () => {
    const world = await createLoomWorld(temporal, { inputs: ["version"] });
    await world.start("one");
    const ref = { migrationId: world.migrationId, candidateId: "one" };
    await world.loom.updateInputs(ref, { version: "2" });
    await workerOfTest(temporal, world);
    await world.report("one", 1);
    await world.untilCalls("one", "1 do bump 1", "1 do approve 1");
    expect(world.migrators.received.map(({ inputs }) => inputs)).toEqual([{}, { version: "2" }]);
  });

  test("is not lost: a cancel ends the run once, and the next attempt has nothing of it", async () => {
    const world = await createLoomWorld(temporal);
    await world.start("one");
    await world.cancel("one");
    await workerOfTest(temporal, world);
    await world.untilStatus("one", "not_started");
    const { cancelledAttempts } = await world.loom.listCancelledAttempts(world.migrationId);
    expect(cancelledAttempts).toMatchObject([{ candidateId: "one", attempt: 1 }]);
    await until("the close", async () => (await executionOf(world, "one")).status === "CANCELLED");
    await world.start("one");
    await until("the next attempt", () => world.migrators.calls("one").includes("2 do bump 1"));
    expect((await world.candidate("one")).status).toBe("running");
  });
});
