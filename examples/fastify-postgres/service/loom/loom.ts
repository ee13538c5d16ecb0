import { createPostgresStore } from "@loom/adapter-postgres";
import { createLoom, type Logger, type Loom } from "@loom/core";
import { createMigratorClient } from "@loom/http";
import { createLocalEngine } from "@loom/local";
import type { Pool } from "pg";
import type { Config } from "../config.ts";

/** The Loom of this service, over the service's own pool. Its tables are brought up to date; nothing else happens before it is opened. */
export async function createPlatformLoom(
  config: Config,
  pool: Pool,
  logger: Logger,
): Promise<Loom> {
  const store = createPostgresStore({ pool });
  await store.migrate();
  return createLoom({
    store,
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
