import type { Loom } from "@loom/core";
import { loomNode } from "@loom/http/node";
import type { Client } from "@temporalio/client";
import express, { type Express } from "express";
import type { Pool } from "pg";
import { authorize } from "./authorize.ts";
import { catalogueRoutes } from "./catalogue.ts";
import { login, type WithUser } from "./login.ts";

/** What the service is made of. */
export interface Parts {
  readonly pool: Pool;
  readonly client: Client;
  readonly taskQueue: string;
  readonly loom: Loom;
}

/** The platform's Express app. Loom is one line in it: behind the login, above the body parser. */
export function createApp({ pool, client, taskQueue, loom }: Parts): Express {
  const app = express();
  app.use(login(pool));
  app.use("/loom", loomNode(loom, { authorize, context: ({ user }: WithUser) => user }));
  app.use(express.json());
  app.use("/services", catalogueRoutes(pool, client, taskQueue));
  return app;
}
