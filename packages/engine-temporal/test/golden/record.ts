// Records the histories that are missing: node --conditions=@loom/source packages/engine-temporal/test/golden/record.ts
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import { startTemporal } from "../../../../test/servers/temporal.ts";
import { bundleFromSource } from "../world/bundler.ts";
import { createLoomWorld } from "../world/loom.ts";
import { quietRuntime } from "../world/runtime.ts";
import { connectTemporal, type Temporal } from "../world/temporal.ts";
import { startWorker } from "../world/worker.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";

const folder = mkdtempSync(join(tmpdir(), "loom-temporal-"));
const bundlePath = join(folder, "workflows.js");
writeFileSync(bundlePath, await bundleFromSource());
quietRuntime();
const server = await startTemporal({ continueAsNewAt: 60 });
const temporal = await connectTemporal({ ...server, bundlePath });
for (const [name, scenario] of Object.entries(SCENARIOS))
  for (const [index, history] of (await record(name, scenario)).entries())
    save(name, index, history);
await temporal.close();
await server.stop();
rmSync(folder, { recursive: true });

async function record(name: string, scenario: Scenario): Promise<unknown[]> {
  if (existsSync(fileOf(name, 0))) return [];
  const { steps, drive } = scenario;
  const world = await createLoomWorld(temporal, { steps, inputs: ["version"] });
  const worker = await startWorker(temporal, world.engine);
  await world.start("one");
  await drive(world);
  await worker.stop();
  return historiesOf(temporal, world.runId("one"));
}

/** The histories of all executions of a run, the first one first. */
async function historiesOf({ client }: Temporal, workflowId: string): Promise<unknown[]> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const histories = [];
  let runId = raw.workflowExecutionInfo?.firstRunId;
  while (runId) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.push(JSON.parse(historyToJSON(history)));
    runId =
      history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return histories;
}

/** Without stack traces: a replay does not read them, and they name the machine of the recording. */
function save(name: string, index: number, history: unknown): void {
  const text = JSON.stringify(history, (key, value: unknown) =>
    key === "stackTrace" ? "" : value,
  );
  writeFileSync(fileOf(name, index), `${text}\n`);
}

function fileOf(name: string, index: number): string {
  const suffix = index === 0 ? "" : `-${index + 1}`;
  return join(import.meta.dirname, "histories", `${name}${suffix}.json`);
}
