import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { createRedisMigratorStore } from "@loom/adapter-redis/migrator";
import { createMigrator } from "@loom/migrator-sdk";
import { Hono } from "hono";
import { Redis } from "ioredis";
import { pino } from "pino";
import { readConfig } from "./config.ts";
import { createRegistry } from "./registry.ts";
import { topicRename } from "./topic-rename.ts";
import { drainWebhook } from "./webhook.ts";

const config = readConfig(process.env);
const logger = pino({ level: config.LOG_LEVEL });
const redis = new Redis(config.REDIS_URL, {
  keyPrefix: config.KEY_PREFIX,
  maxRetriesPerRequest: 3,
});
redis.on("error", (err) => logger.warn({ err }, "Redis cannot be reached"));

const migrator = createMigrator({
  app: "topic-rename",
  migrations: [topicRename(createRegistry(config))],
  loom: { url: `${config.PLATFORM_URL}/loom`, signingSecret: config.MIGRATOR_SECRET },
  url: () => `${config.SELF_URL ?? origin()}/migrator`,
  store: createRedisMigratorStore({ redis, prefix: "topic-rename" }),
  secrets: [config.LOOM_SIGNING_SECRET],
  checkSeconds: config.CHECK_SECONDS,
  logger,
});

const app = new Hono()
  .mount("/migrator", migrator.handler)
  .route("/webhooks", drainWebhook(migrator, config.WEBHOOK_TOKEN));
const server = createAdaptorServer(app) as Server;

let closing: Promise<void> | undefined;
for (const signal of ["SIGTERM", "SIGINT"] as const)
  process.on(signal, () => {
    closing ??= close();
  });
server.listen(config.PORT, config.HOST);
await once(server, "listening");
logger.info(`listening at ${origin()}`);
await migrator.open();

function origin(): string {
  const { address, port } = server.address() as AddressInfo;
  return `http://${address}:${port}`;
}

async function close(): Promise<void> {
  await new Promise((closed) => server.close(closed));
  await migrator.close();
  await redis.quit();
}
