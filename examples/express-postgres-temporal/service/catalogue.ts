import type { Client } from "@temporalio/client";
import { type Request, type RequestHandler, type Response, Router } from "express";
import type { Pool } from "pg";
import { listServices, Service } from "../platform/services.ts";
import type { registerService } from "../worker/workflows.ts";
import { only } from "./login.ts";

/** The routes that the platform had before Loom: its catalogue of services, which a workflow of its own adds to. */
export function catalogueRoutes(pool: Pool, client: Client, taskQueue: string): Router {
  return Router()
    .get("/", only("viewer", "operator", "migrator"), list(pool))
    .post("/", only("operator"), register(client, taskQueue));
}

function list(pool: Pool): RequestHandler {
  return async (_: Request, response: Response) => {
    response.json({ services: await listServices(pool) });
  };
}

function register(client: Client, taskQueue: string): RequestHandler {
  return async ({ body }: Request, response: Response) => {
    const { data: service } = Service.safeParse(body);
    if (!service) {
      response.status(400).json({ error: "a service is { name, team }" });
      return;
    }
    const workflowId = `register-${service.name}`;
    await client.workflow.start<typeof registerService>("registerService", {
      workflowId,
      workflowIdConflictPolicy: "USE_EXISTING",
      taskQueue,
      args: [service],
    });
    response.status(202).json({ workflowId });
  };
}
