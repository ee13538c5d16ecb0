import { createPostgresMigratorStore } from "@loom/adapter-postgres/migrator";
import { createMigrator } from "@loom/migrator-sdk";
import { migratorFastify } from "@loom/migrator-sdk/fastify";
import fastify from "fastify";
import pg from "pg";
import { createCatalogue } from "./catalogue.ts";
import { readConfig } from "./config.ts";
import { nodeUpgrade } from "./node-upgrade.ts";
import { changeWebhook } from "./webhook.ts";

const config = readConfig(process.env);
const app = fastify({ logger: { level: config.LOG_LEVEL } });
const pool = new pg.Pool({ connectionString: config.DATABASE_URL, max: 5 });
pool.on("error", (err) => app.log.warn({ err }, "an idle connection broke"));

const migrator = createMigrator({
  app: "node-upgrade",
  migrations: [nodeUpgrade(createCatalogue(config))],
  loom: { url: `${config.PLATFORM_URL}/loom`, token: config.PLATFORM_TOKEN },
  url: () => `${config.SELF_URL ?? app.listeningOrigin}/migrator`,
  store: createPostgresMigratorStore({ pool }),
  secrets: [config.LOOM_SIGNING_SECRET],
  checkSeconds: config.CHECK_SECONDS,
  logger: app.log,
});

await app.register(migratorFastify(migrator), { prefix: "/migrator" });
await app.register(changeWebhook(migrator, config.WEBHOOK_TOKEN));
app.addHook("onClose", async () => {
  await migrator.close();
  await pool.end();
});
let closing: Promise<void> | undefined;
for (const signal of ["SIGTERM", "SIGINT"] as const)
  process.on(signal, () => {
    closing ??= app.close();
  });

await app.listen({ host: config.HOST, port: config.PORT });
await migrator.open();
