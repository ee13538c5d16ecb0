import { createAdaptorServer } from "@hono/node-server";
import { createLoomHandler } from "@loom/http";
import { Hono } from "hono";
import type { Server } from "node:http";
import { authorize } from "./platform/authorize.ts";
import { logger } from "./platform/logger.ts";
import type { CreateService } from "./platform/service.ts";
import { serviceOn } from "./platform/service.ts";
import type { User } from "./platform/users.ts";
import { userOf } from "./platform/users.ts";

/** Loom's web-standard handler below `/loom` of a Hono app, which may as well run on Bun, Deno or Workers. */
export const createHonoService: CreateService = (loom) => {
  const handler = createLoomHandler(loom, { authorize, logger, basePath: "/loom" });
  const app = new Hono<{ Variables: { user: User | undefined } }>();
  app.use(async (context, next) => {
    context.set("user", userOf(context.req.header("cookie")));
    await next();
  });
  app.all("/loom/*", (context) => handler(context.req.raw, context.get("user")));
  app.post("/echo", async (context) => context.json(await context.req.json()));
  return serviceOn(createAdaptorServer(app) as Server, loom);
};
