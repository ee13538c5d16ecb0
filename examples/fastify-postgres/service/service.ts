import { loomFastify } from "@loom/http/fastify";
import fastify, { type FastifyInstance } from "fastify";
import pg from "pg";
import { logIn } from "./auth/log-in.ts";
import { createSessions } from "./auth/sessions.ts";
import { createAudit } from "./catalogue/audit.ts";
import { changeRoutes } from "./catalogue/change-routes.ts";
import { createChanges } from "./catalogue/changes.ts";
import { migrateCatalogue } from "./catalogue/schema.ts";
import { serviceRoutes } from "./catalogue/service-routes.ts";
import { createServices } from "./catalogue/services.ts";
import { createChangeWebhook } from "./catalogue/webhook.ts";
import type { Config } from "./config.ts";
import { answerError } from "./errors.ts";
import { healthRoutes } from "./health.ts";
import { loggerOf } from "./logger.ts";
import { authorize } from "./loom/authorize.ts";
import { createPlatformLoom } from "./loom/loom.ts";
import { metricsRoutes } from "./metrics.ts";

/** The service catalogue, which has Loom below `/loom`. It needs its database; nothing else is asked before it listens. */
export async function createService(config: Config): Promise<FastifyInstance> {
  const app = fastify({ logger: loggerOf(config), pluginTimeout: STARTUP_MS });
  const pool = new pg.Pool({ connectionString: config.DATABASE_URL, max: 10 });
  pool.on("error", (err) => app.log.warn({ err }, "an idle connection broke"));
  await migrateCatalogue(pool);
  const loom = await createPlatformLoom(config, pool, app.log);

  app.setErrorHandler(answerError);
  logIn(app, createSessions(pool));
  const audit = createAudit(pool);
  await app.register(serviceRoutes(createServices(pool), audit));
  await app.register(
    changeRoutes(createChanges(pool), audit, createChangeWebhook(config, app.log)),
  );
  await app.register(healthRoutes(pool, loom));
  await app.register(metricsRoutes(loom));
  await app.register(
    loomFastify(loom, { authorize, context: ({ caller }) => caller, logger: app.log }),
    { prefix: "/loom" },
  );

  app.addHook("onReady", () => loom.open());
  // Fastify has stopped to listen, and has answered what was under way, before it gets here.
  app.addHook("onClose", async () => {
    await loom.close();
    await pool.end();
    app.log.info("closed");
  });
  return app;
}

/** Loom looks for what a crash has left before it is open, and that may be much. Fastify's own limit is 10 seconds. */
const STARTUP_MS = 120_000;
