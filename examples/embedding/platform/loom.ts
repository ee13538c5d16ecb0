import type { Loom } from "@loom/core";
import { createLoom } from "@loom/core";
import { createMigratorClient } from "@loom/http";
import { createLocalEngine, createMemoryStore } from "@loom/local";
import { logger } from "./logger.ts";

/** The Loom of this platform. With a durable store it needs `secrets`, too. Nothing happens before it is opened. */
export function createPlatformLoom(publicUrl?: string): Loom {
  return createLoom({
    store: createMemoryStore(),
    engine: createLocalEngine(),
    migrators: createMigratorClient(),
    logger,
    ...(publicUrl !== undefined && { publicUrl }),
  });
}
