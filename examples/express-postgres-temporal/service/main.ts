// The platform's service: what it had before, and Loom in it.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Client, Connection } from "@temporalio/client";
import { untilEnd } from "../../../test/stage/lifetime.ts";
import { sayReady } from "../lifetime.ts";
import { readConfig } from "../platform/config.ts";
import { migrateDatabase, openDatabase } from "../platform/database.ts";
import { createPlatformLoom } from "../platform/loom.ts";
import { createApp } from "./app.ts";

const config = readConfig();
const pool = openDatabase(config.DATABASE_URL);
await migrateDatabase(pool);
const connection = await Connection.connect({ address: config.TEMPORAL_ADDRESS });
const client = new Client({ connection, namespace: config.TEMPORAL_NAMESPACE });
const { loom } = createPlatformLoom(config, pool, client);

const app = createApp({ pool, client, taskQueue: config.TASK_QUEUE, loom });
const server = createServer(app).listen(config.PORT, "127.0.0.1");
await once(server, "listening");
const end = untilEnd();
await Promise.race([loom.open(), end]);
const { port } = server.address() as AddressInfo;
sayReady({ url: `http://127.0.0.1:${port}` });

await end;
await new Promise((closed) => {
  server.close(closed);
  server.closeIdleConnections();
});
await loom.close();
await connection.close();
await pool.end();
process.exit();
