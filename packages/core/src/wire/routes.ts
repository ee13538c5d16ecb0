import * as z from "zod";
import { actingRoutes } from "./acting-routes.ts";
import { migratorRoutes } from "./migrator-routes.ts";
import { readingRoutes } from "./reading-routes.ts";
import { defineRoute } from "./route.ts";
import { HealthSchema } from "./views.ts";

/** What anybody may ask. */
const publicRoutes = [
  defineRoute({
    id: "getOpenApi",
    method: "GET",
    path: "/openapi.json",
    action: "openapi.read",
    audience: "public",
    summary: "Read this document",
    description: "The OpenAPI document of this Loom.",
    success: {
      status: 200,
      description: "The document.",
      schema: z.record(z.string(), z.unknown()),
    },
    errors: [],
  }),
  defineRoute({
    id: "getLiveness",
    method: "GET",
    path: "/healthz",
    action: "health.live",
    audience: "public",
    summary: "Ask whether the process lives",
    description: "Answers as long as the process can answer at all.",
    success: { status: 200, description: "It lives.", schema: HealthSchema },
    errors: [],
  }),
  defineRoute({
    id: "getReadiness",
    method: "GET",
    path: "/readyz",
    action: "health.ready",
    audience: "public",
    summary: "Ask whether Loom can work",
    description: "Answers well when the store and the engine are at work.",
    success: { status: 200, description: "It can.", schema: HealthSchema },
    errors: ["store_unavailable", "engine_unavailable"],
  }),
] as const;

/** Every route of the contract: the only source of the HTTP handler and of the OpenAPI document. */
export const routes = [
  ...migratorRoutes,
  ...readingRoutes,
  ...actingRoutes,
  ...publicRoutes,
] as const;

/** The id of a route: what a handler table has one entry for. */
export type RouteId = (typeof routes)[number]["id"];
