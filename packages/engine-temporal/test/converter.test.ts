import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { bundleFromSource } from "./world/bundler.ts";
import { given } from "./world/given.ts";
import { createLoomWorld } from "./world/loom.ts";
import { TEST_TIMEOUT_MS } from "./world/patience.ts";
import { connectTemporal } from "./world/temporal.ts";
import { startWorker } from "./world/worker.ts";

vi.setConfig({ testTimeout: TEST_TIMEOUT_MS, hookTimeout: TEST_TIMEOUT_MS });

const payloadConverterPath = join(import.meta.dirname, "world/boxing-converter.ts");

test("with a payload converter of the host's own, on client and worker, each event is taken", async () => {
  const temporal = await connectTemporal(given());
  onTestFinished(() => temporal.close());
  const client = temporal.clientWith({ dataConverter: { payloadConverterPath } });
  const world = await createLoomWorld(temporal, { client, inputs: ["version"] });
  const code = await bundleFromSource({ payloadConverterPath });
  const worker = await startWorker(temporal, world.engine, { workflowBundle: { code } });
  onTestFinished(() => worker.stop());
  const ref = { migrationId: world.migrationId, candidateId: "one" };

  await world.start("one");
  await world.untilCalls("one", "1 do bump 1");
  await world.loom.updateInputs(ref, { version: "2" });
  const phases = ["open", "awaiting_review"] as const;
  await Promise.all(phases.map((phase) => world.report("one", 1, { phase })));
  await world.report("one", 1, { success: false, error: "no" });
  await expect
    .poll(async () => (await world.candidate("one")).currentStep)
    .toMatchObject({ stepName: "bump", status: "failed" });
  await world.loom.retryStep(ref, { stepName: "bump" });
  await world.report("one", 2);
  await world.untilCalls("one", "1 do bump 1", "1 do bump 2", "1 do approve 1");
  expect(world.migrators.received.map(({ inputs }) => inputs)).toEqual([
    {},
    { version: "2" },
    { version: "2" },
  ]);
  await world.cancel("one", true);
  await world.report("one", 4);
  expect(await world.untilStatus("one", "not_started")).toMatchObject({ attempt: 1 });
});
