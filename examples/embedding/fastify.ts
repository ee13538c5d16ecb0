import { loomFastify } from "@loom/http/fastify";
import fastify from "fastify";
import type { AddressInfo } from "node:net";
import { authorize } from "./platform/authorize.ts";
import { logger } from "./platform/logger.ts";
import type { CreateService } from "./platform/service.ts";
import type { User } from "./platform/users.ts";
import { userOf } from "./platform/users.ts";

declare module "fastify" {
  interface FastifyRequest {
    user: User | undefined;
  }
}

/** Loom as a plugin below `/loom`: the app's hooks log people in, and open and close Loom. */
export const createFastifyService: CreateService = (loom) => {
  const app = fastify();
  app.decorateRequest("user", undefined);
  app.addHook("onRequest", async (request) => {
    request.user = userOf(request.headers.cookie);
  });
  const mount = loomFastify(loom, { authorize, logger, context: ({ user }) => user });
  void app.register(mount, { prefix: "/loom" });
  app.post("/echo", async ({ body }) => body);
  app.addHook("onReady", () => loom.open());
  app.addHook("onClose", () => loom.close());
  return {
    async listen(port) {
      await app.listen({ host: "127.0.0.1", port });
      return (app.server.address() as AddressInfo).port;
    },
    close: () => app.close(),
  };
};
