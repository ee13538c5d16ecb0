import { loomNode } from "@loom/http/node";
import { createServer } from "node:http";
import { authorize } from "./platform/authorize.ts";
import { logger } from "./platform/logger.ts";
import type { CreateService } from "./platform/service.ts";
import { serviceOn } from "./platform/service.ts";
import { userOf } from "./platform/users.ts";

/** Loom below `/loom` of a plain server; whatever lies beside it is the service's own. */
export const createNodeHttpService: CreateService = (loom) => {
  const mount = loomNode(loom, {
    authorize,
    logger,
    basePath: "/loom",
    context: (request) => userOf(request.headers.cookie),
  });
  const server = createServer((request, response) =>
    mount(request, response, () => {
      request.pipe(response.setHeader("content-type", "application/json"));
    }),
  );
  return serviceOn(server, loom);
};
