import type { CandidateCounts, Loom } from "@loom/core";
import type { FastifyPluginAsync } from "fastify";

const METRIC = "loom_candidates";

/** `GET /metrics`: where the candidates of each migration stand, as Prometheus reads it. Loom counts in O(1). */
export const metricsRoutes =
  (loom: Loom): FastifyPluginAsync =>
  async (routes) => {
    routes.get("/metrics", async (_, reply) => {
      const migrations = await loom.listMigrations();
      const lines = migrations.flatMap(({ id, counts }) => gauges(id, counts));
      const help = `# HELP ${METRIC} Candidates by migration and status.\n# TYPE ${METRIC} gauge\n`;
      return reply.type("text/plain; version=0.0.4").send(`${help}${lines.join("")}`);
    });
  };

/** The id of a migration is a slug, so there is nothing in it to escape. */
function gauges(migration: string, counts: CandidateCounts): string[] {
  return Object.entries(counts).map(
    ([status, count]) => `${METRIC}{migration="${migration}",status="${status}"} ${count}\n`,
  );
}
