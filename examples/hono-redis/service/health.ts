import type { Loom } from "@loom/core";
import { Hono } from "hono";
import type { Redis } from "ioredis";
import type { Logger } from "pino";

/** `GET /live` for restarts, `GET /health` for the load balancer: the service's own health and Loom's are one. */
export function healthRoutes(redis: Redis, loom: Loom, logger: Logger): Hono {
  /** Why it is not well is for the log, not for everybody. */
  const stateOf = async (check: Promise<unknown>): Promise<"ok" | "unavailable"> => {
    try {
      await check;
      return "ok";
    } catch (err) {
      logger.warn({ err }, "a part of the service is not well");
      return "unavailable";
    }
  };
  return new Hono()
    .get("/live", (context) => context.json({ status: "ok" }))
    .get("/health", async (context) => {
      const [database, migrations] = await Promise.all([
        stateOf(redis.ping()),
        stateOf(loom.ready()),
      ]);
      const isWell = database === "ok" && migrations === "ok";
      return context.json({ redis: database, migrations }, isWell ? 200 : 503);
    });
}
