// The platform's worker: its own workflow and activities, and Loom's beside them.
import { fileURLToPath } from "node:url";
import { createLoomActivities } from "@loom/engine-temporal/activities";
import { Client, Connection } from "@temporalio/client";
import { NativeConnection, Worker } from "@temporalio/worker";
import { untilEnd } from "../../../test/stage/lifetime.ts";
import { sayReady } from "../lifetime.ts";
import { readConfig } from "../platform/config.ts";
import { openDatabase } from "../platform/database.ts";
import { createPlatformLoom } from "../platform/loom.ts";
import { createPlatformActivities } from "./activities.ts";
import { bundlerOptions } from "./sources.ts";

const config = readConfig();
const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = config;
const pool = openDatabase(config.DATABASE_URL);
const connection = await Connection.connect({ address });
const client = new Client({ connection, namespace });
const { engine } = createPlatformLoom(config, pool, client);

const native = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection: native,
  namespace,
  taskQueue: engine.taskQueue,
  workflowsPath: fileURLToPath(new URL("workflows.ts", import.meta.url)),
  bundlerOptions,
  activities: { ...createPlatformActivities(pool), ...createLoomActivities(engine) },
  // a call to a migrator that is under way may come to its end
  shutdownGraceTime: `${engine.callSeconds} seconds`,
  // so long do runs wait for the worker that has them in its cache, before another takes them; 10 seconds by default
  stickyQueueScheduleToStartTimeout: "2 seconds",
});
const end = untilEnd();
const running = worker.run();
sayReady();

await Promise.race([running, end]);
if (worker.getState() === "RUNNING") worker.shutdown();
await running;
await native.close();
await connection.close();
await pool.end();
process.exit();
