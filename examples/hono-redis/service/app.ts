import type { Loom } from "@loom/core";
import { createLoomHandler } from "@loom/http";
import { Hono } from "hono";
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import { logIn, type WithCaller } from "./auth/log-in.ts";
import { createSessions } from "./auth/sessions.ts";
import type { Config } from "./config.ts";
import { answerError } from "./errors.ts";
import { healthRoutes } from "./health.ts";
import { logRequests } from "./logger.ts";
import { createAuthorize } from "./loom/authorize.ts";
import { createRenames } from "./loom/renames.ts";
import { createAudit } from "./topics/audit.ts";
import { topicRoutes } from "./topics/topic-routes.ts";
import { createTopics } from "./topics/topics.ts";
import { createDrainWebhook } from "./topics/webhook.ts";

/** What the routes work with. */
export interface Parts {
  readonly config: Config;
  readonly logger: Logger;
  readonly redis: Redis;
  readonly loom: Loom;
}

/** All routes of the service: its own, and Loom's below `/loom`. */
export function createApp({ config, logger, redis, loom }: Parts): Hono<WithCaller> {
  const authorize = createAuthorize(config);
  const handle = createLoomHandler(loom, { authorize, logger, basePath: "/loom" });
  const topics = topicRoutes({
    topics: createTopics(redis),
    renames: createRenames(loom),
    audit: createAudit(redis),
    tellDrained: createDrainWebhook(config, logger),
  });
  return new Hono<WithCaller>()
    .onError(answerError(logger))
    .use(logRequests(logger), logIn(createSessions(redis)))
    .route("/", healthRoutes(redis, loom, logger))
    .route("/topics", topics)
    .all("/loom/*", (context) => handle(context.req.raw, context.get("caller")));
}
