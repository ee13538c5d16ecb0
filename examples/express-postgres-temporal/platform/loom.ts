import { createPostgresStore } from "@loom/adapter-postgres";
import { createLoom, type Loom } from "@loom/core";
import { createTemporalEngine, type TemporalEngine } from "@loom/engine-temporal";
import { createMigratorClient } from "@loom/http";
import type { Client } from "@temporalio/client";
import type { Pool } from "pg";
import type { Config } from "./config.ts";

/** The Loom of this process, and the engine that a worker takes its activities from. */
export interface PlatformLoom {
  readonly loom: Loom;
  readonly engine: TemporalEngine;
}

/**
 * The same Loom in the service and in its workers, over the pool and the Temporal client that the platform has anyway. The
 * service opens it; a worker only lends it to the activities.
 */
export function createPlatformLoom(config: Config, pool: Pool, client: Client): PlatformLoom {
  const { TASK_QUEUE: taskQueue, HEARTBEAT_SECONDS, LOOM_URL, RECOVERY_SECONDS } = config;
  const engine = createTemporalEngine({
    client,
    taskQueue,
    ...(HEARTBEAT_SECONDS !== undefined && { heartbeatSeconds: HEARTBEAT_SECONDS }),
  });
  const loom = createLoom({
    store: createPostgresStore({ pool }),
    engine,
    migrators: createMigratorClient({
      secrets: [config.SIGNING_SECRET],
      allowedOrigins: config.MIGRATOR_ORIGINS,
    }),
    secrets: [config.LOOM_SECRET],
    ...(LOOM_URL !== undefined && { publicUrl: LOOM_URL }),
    ...(RECOVERY_SECONDS !== undefined && { recoverySeconds: RECOVERY_SECONDS }),
  });
  return { loom, engine };
}
