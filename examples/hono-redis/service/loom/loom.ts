import { createRedisStore } from "@loom/adapter-redis";
import { createLoom, type Logger, type Loom } from "@loom/core";
import { createMigratorClient } from "@loom/http";
import { createLocalEngine } from "@loom/local";
import type { Redis } from "ioredis";
import type { Config } from "../config.ts";

/** The Loom of this service, over the service's own Redis client. Nothing happens before it is opened. */
export function createPlatformLoom(config: Config, redis: Redis, logger: Logger): Loom {
  return createLoom({
    store: createRedisStore({ redis }),
    engine: createLocalEngine({ leaseMs: config.LOOM_LEASE_MS }),
    migrators: createMigratorClient({
      allowedOrigins: config.MIGRATOR_ORIGINS,
      secrets: [config.LOOM_SIGNING_SECRET],
    }),
    secrets: config.LOOM_SECRETS,
    publicUrl: `${config.PUBLIC_URL}/loom`,
    logger,
  });
}
