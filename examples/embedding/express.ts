import { loomNode } from "@loom/http/node";
import express from "express";
import { createServer } from "node:http";
import { authorize } from "./platform/authorize.ts";
import { logger } from "./platform/logger.ts";
import type { CreateService } from "./platform/service.ts";
import { serviceOn } from "./platform/service.ts";
import type { User } from "./platform/users.ts";
import { userOf } from "./platform/users.ts";

/** What the service's own middleware leaves on a request. */
interface WithUser extends express.Request {
  user?: User | undefined;
}

/** Loom below `/loom` of an Express app, behind its login and above its body parser, for Loom reads bodies itself. */
export const createExpressService: CreateService = (loom) => {
  const app = express();
  app.use((request: WithUser, _, next) => {
    request.user = userOf(request.headers.cookie);
    next();
  });
  app.use("/loom", loomNode(loom, { authorize, logger, context: ({ user }: WithUser) => user }));
  app.use(express.json());
  app.post("/echo", (request, response) => void response.json(request.body));
  return serviceOn(createServer(app), loom);
};
