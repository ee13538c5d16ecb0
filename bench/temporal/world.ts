import { fileURLToPath } from "node:url";
import { createTemporalEngine } from "@loom/engine-temporal";
import { createLoomActivities } from "@loom/engine-temporal/activities";
import { Client, Connection } from "@temporalio/client";
import {
  bundleWorkflowCode,
  DefaultLogger,
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  Worker,
} from "@temporalio/worker";
import { startTemporal } from "../../test/servers/temporal.ts";
import type { BareActivities } from "./workflows.ts";

const TASK_QUEUE = "bench";

/** A server, a client, and one worker that hosts Loom's workflow and the one by hand with the same settings. */
export async function openWorld(bare: BareActivities) {
  const filter = makeTelemetryFilterString({ core: "ERROR", other: "ERROR" });
  Runtime.install({
    logger: new DefaultLogger("ERROR"),
    telemetryOptions: { logging: { filter } },
  });
  const server = await startTemporal({ continueAsNewAt: 10_000 });
  const { address } = server;
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  const engine = createTemporalEngine({ client, taskQueue: TASK_QUEUE });
  const { code } = await bundle();
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    taskQueue: TASK_QUEUE,
    workflowBundle: { code },
    activities: { ...bare, ...createLoomActivities(engine) },
  });
  const running = worker.run();
  return {
    client,
    engine,
    taskQueue: TASK_QUEUE,
    bundleBytes: code.lastIndexOf("//# sourceMappingURL="),
    async close() {
      worker.shutdown();
      await running;
      await connection.close();
      await server.stop();
    },
  };
}

function bundle() {
  return bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL("workflows.ts", import.meta.url)),
    logger: new DefaultLogger("WARN"),
    webpackConfigHook: (config) => ({
      ...config,
      resolve: { ...config.resolve, conditionNames: ["@loom/source", "..."] },
    }),
  });
}
