import { createAdaptorServer } from "@hono/node-server";
import type { Loom } from "@loom/core";
import type { Server } from "node:http";
import { expect, vi } from "vitest";
import { eventually } from "../../../../test/eventually.ts";
import { createExpressService } from "../../express.ts";
import { createFastifyService } from "../../fastify.ts";
import { createHonoService } from "../../hono.ts";
import { createNodeHttpService } from "../../node-http.ts";
import { createPlatformLoom } from "../../platform/loom.ts";
import type { CreateService, Service } from "../../platform/service.ts";

/** A service under test, and the Loom in it. */
export interface Subject extends Service {
  readonly loom: Loom;
}

const inProcess = (create: CreateService) => async (): Promise<Subject> => {
  const loom = createPlatformLoom();
  return { loom, ...create(loom) };
};

/** Plays the part of Next: calls the exported functions by the method of the request, and `register` at the start. */
async function createNextApp(): Promise<Subject> {
  vi.resetModules();
  Reflect.deleteProperty(globalThis, "platformLoom"); // as in a new process
  const route: Record<string, unknown> = await import("../../next/route.ts");
  const { register } = await import("../../next/instrumentation.ts");
  const { loom } = await import("../../next/loom.ts");
  const fetch = async (request: Request): Promise<Response> => {
    if (!new URL(request.url).pathname.startsWith("/loom/"))
      return Response.json(await request.json());
    const handle = route[request.method] as ((request: Request) => Promise<Response>) | undefined;
    return handle ? handle(request) : new Response(null, { status: 405 });
  };
  const server = createAdaptorServer({ fetch }) as Server;
  return {
    loom,
    async listen() {
      vi.stubEnv("NEXT_RUNTIME", "nodejs"); // as Next says
      await register();
      await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
      const address = server.address();
      return typeof address === "object" && address ? address.port : 0;
    },
    async close() {
      await new Promise((closed) => server.close(closed));
      process.emit("SIGTERM");
      await eventually(() =>
        expect(loom.ready()).rejects.toMatchObject({ code: "engine_unavailable" }),
      );
    },
  };
}

/** Every way to embed that this example shows. */
export const services: Readonly<Record<string, () => Promise<Subject>>> = {
  "node:http": inProcess(createNodeHttpService),
  Express: inProcess(createExpressService),
  Fastify: inProcess(createFastifyService),
  Hono: inProcess(createHonoService),
  "Next's route handler": createNextApp,
};
