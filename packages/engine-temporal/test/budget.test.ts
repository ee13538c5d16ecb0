import { readFileSync } from "node:fs";
import { expect, onTestFinished, test, vi } from "vitest";
import { given } from "./world/given.ts";
import { createLoomWorld, until } from "./world/loom.ts";
import { connectTemporal } from "./world/temporal.ts";
import { startWorker } from "./world/worker.ts";
import { TEST_TIMEOUT_MS } from "./world/patience.ts";

vi.setConfig({ testTimeout: TEST_TIMEOUT_MS, hookTimeout: TEST_TIMEOUT_MS });

const STEPS = 5;
/** Six events a step, and four for each signal. */
const PER_STEP = 6;
const PER_SIGNAL = 4;
/** The start, its workflow task, the write of the end, and the end. */
const FIXED = 6;

test("a run costs no more history than six events a step and four a signal", async () => {
  const temporal = await connectTemporal(given());
  onTestFinished(() => temporal.close());
  const steps = Array.from({ length: STEPS }, (_, n) => ({ name: `step ${n}` }));
  const world = await createLoomWorld(temporal, { steps });
  const worker = await startWorker(temporal, world.engine);
  onTestFinished(() => worker.stop());
  await world.start("one");
  const handle = temporal.client.workflow.getHandle(world.runId("one"));
  for (let call = 1; call <= STEPS; call++) {
    await until("the call to settle", async () => {
      const { events } = await handle.fetchHistory();
      const settled = events?.filter((event) => event.activityTaskCompletedEventAttributes) ?? [];
      const isTaken = Boolean(events?.at(-1)?.workflowTaskCompletedEventAttributes);
      return settled.length === call && isTaken;
    });
    await world.report("one", call);
  }
  await world.untilStatus("one", "completed");
  await until("the close", async () => (await handle.describe()).status.name === "COMPLETED");
  expect((await handle.describe()).historyLength).toBeLessThanOrEqual(
    FIXED + STEPS * (PER_STEP + PER_SIGNAL),
  );
});

test("the bundle of the workflow stays below a megabyte, its source map apart", () => {
  const code = readFileSync(given().bundlePath, "utf8");
  expect(code.lastIndexOf("//# sourceMappingURL=")).toBeLessThan(1_000_000);
});
