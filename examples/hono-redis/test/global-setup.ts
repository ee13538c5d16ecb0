import type { TestProject } from "vitest/node";
import { hasRedisServer, REDIS_REMEDY, startRedis } from "../../../test/servers/redis.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A Redis for all tests of the package; empty when there is none. */
    redisUrl: string;
    /** Whether tests can start servers of their own. */
    canStartRedis: boolean;
  }
}

/** Starts one Redis for the tests of this example, unless `REDIS_URL` names one. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const canStart = await hasRedisServer();
  const { REDIS_URL, CI } = process.env;
  if (!canStart) {
    const message = `There is no redis-server for the tests of examples/hono-redis: ${REDIS_REMEDY}.`;
    if (CI === "true") throw new Error(message);
    process.stderr.write(`${message}\n`);
  }
  const server = canStart && !REDIS_URL ? await startRedis() : undefined;
  project.provide("redisUrl", REDIS_URL ?? server?.url ?? "");
  project.provide("canStartRedis", canStart);
  return server && (() => server.kill());
}
