import { createLoom, type Logger } from "@loom/core";
import { bearerTokens, createLoomHandler, createMigratorClient } from "@loom/http";
import { createLocalEngine, createMemoryStore } from "@loom/local";
import { type Served, serve } from "../serve.ts";

/** What Loom and those who speak with it share. */
export interface LoomSecrets {
  /** Bearer token of the operator. */
  readonly operator: string;
  /** Bearer token of the migrator. */
  readonly migrator: string;
  /** Loom signs its calls to the migrator with it; base64. */
  readonly signing: string;
}

/** Runs a Loom in this process, on a real port. It needs nothing but Node. */
export async function serveLoom(secrets: LoomSecrets, logger: Logger): Promise<Served> {
  const loom = createLoom({
    store: createMemoryStore(),
    engine: createLocalEngine(),
    migrators: createMigratorClient({ secrets: [secrets.signing] }),
    logger,
  });
  const handler = createLoomHandler(loom, {
    logger,
    authorize: bearerTokens({
      operator: { [secrets.operator]: { id: "olivia", name: "Olivia Operator" } },
      migrator: { [secrets.migrator]: { id: "app-chart-migrator" } },
    }),
  });
  await loom.open();
  const server = await serve(handler);
  return {
    url: server.url,
    close: async () => {
      await server.close();
      await loom.close();
    },
  };
}
