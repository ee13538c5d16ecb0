import { expect, onTestFinished, test, vi } from "vitest";
import { given } from "./world/given.ts";
import { createLoomWorld, until } from "./world/loom.ts";
import { TEST_TIMEOUT_MS } from "./world/patience.ts";
import { connectTemporal } from "./world/temporal.ts";
import { startWorker } from "./world/worker.ts";

vi.setConfig({ testTimeout: TEST_TIMEOUT_MS, hookTimeout: TEST_TIMEOUT_MS });

test("a write that fails again and again is made by the server's patience, and the recovery leaves its run alone", async () => {
  const temporal = await connectTemporal(given());
  onTestFinished(() => temporal.close());
  const world = await createLoomWorld(temporal);
  const worker = await startWorker(temporal, world.engine);
  onTestFinished(() => worker.stop());
  const handle = temporal.client.workflow.getHandle(world.runId("one"));
  const isPatient = async () => {
    const { raw } = await handle.describe();
    return raw.pendingActivities?.some(({ activityType }) => activityType?.name === "loomWrite");
  };
  await world.start("one");
  await world.untilCalls("one", "1 do bump 1");

  world.storeAway(true);
  await world.report("one", 1, { phase: "open" });
  await until("the patient write", async () => (await isPatient()) === true);
  expect(await world.loom.recover()).toEqual({ started: 0, closed: 0, failed: 0 });
  world.storeAway(false);

  await until(
    "the report",
    async () => (await world.candidate("one")).currentStep?.status === "open",
  );
  await world.report("one", 1);
  await world.report("one", 2);
  expect(await world.untilStatus("one", "completed")).toMatchObject({ attempt: 1 });
});
