import { Redis } from "ioredis";
import type { Logger } from "pino";
import type { Config } from "./config.ts";

/** The one client of the service, which Loom uses too. */
export function connect(
  { REDIS_URL, KEY_PREFIX }: Pick<Config, "REDIS_URL" | "KEY_PREFIX">,
  logger: Logger,
): Redis {
  const redis = new Redis(REDIS_URL, {
    keyPrefix: KEY_PREFIX,
    maxRetriesPerRequest: 3,
    // after a failover the old primary says so: look for the new one, and ask that
    reconnectOnError: ({ message }) => (message.startsWith("READONLY") ? 2 : false),
  });
  return redis.on("error", (err) => logger.warn({ err }, "Redis cannot be reached"));
}
