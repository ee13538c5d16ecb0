import type { TestProject } from "vitest/node";
import { hasRedisServer, REDIS_REMEDY, startRedis } from "./redis.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A Redis for all tests of the folder; empty when there is none. */
    redisUrl: string;
    /** Whether tests can start servers of their own. */
    canStartRedis: boolean;
  }
}

/**
 * One Redis for all tests of a folder, whose `test/global-setup.ts` hands this on to Vitest: the
 * one that `REDIS_URL` names, else one of its own.
 */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const canStart = await hasRedisServer();
  const { REDIS_URL, CI } = process.env;
  if (!canStart) {
    const message = `There is no redis-server for the tests of ${project.name}: ${REDIS_REMEDY}.`;
    if (CI === "true") throw new Error(message);
    process.stderr.write(`${message}\n`);
  }
  const server = canStart && !REDIS_URL ? await startRedis() : undefined;
  project.provide("redisUrl", REDIS_URL ?? server?.url ?? "");
  project.provide("canStartRedis", canStart);
  return server && (() => server.kill());
}
