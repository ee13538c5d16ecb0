import type { Loom } from "@loom/core";
import type { FastifyPluginAsync } from "fastify";
import type { Pool } from "pg";

/** `GET /live` for restarts, `GET /health` for the load balancer: the service's own health and Loom's are one. */
export const healthRoutes =
  (pool: Pool, loom: Loom): FastifyPluginAsync =>
  async (routes) => {
    routes.get("/live", async () => ({ status: "ok" }));
    routes.get("/health", async (request, reply) => {
      const [database, migrations] = await Promise.all([
        stateOf(pool.query("select 1"), request.log.warn.bind(request.log)),
        stateOf(loom.ready(), request.log.warn.bind(request.log)),
      ]);
      const isWell = database === "ok" && migrations === "ok";
      return reply.code(isWell ? 200 : 503).send({ database, migrations });
    });
  };

/** Why it is not well is for the log, not for everybody. */
async function stateOf(
  check: Promise<unknown>,
  warn: (fields: object, message: string) => void,
): Promise<"ok" | "unavailable"> {
  try {
    await check;
    return "ok";
  } catch (err) {
    warn({ err }, "a part of the service is not well");
    return "unavailable";
  }
}
