import type { Databases } from "./databases.ts";
import type { Network } from "./network.ts";
import type { Secrets } from "./secrets.ts";
import type { Temporal } from "./temporal.ts";
import type { Tokens } from "./users.ts";

/** What there is before the first process of the story starts. */
export interface Ground {
  readonly databases: Databases;
  readonly temporal: Temporal;
  readonly network: Network;
  readonly tokens: Tokens;
  readonly secrets: Secrets;
}

type Environment = Readonly<Record<string, string>>;

/** Of the service and its workers. The pauses are those of an example: nobody wants to wait for a minute. */
export function platformEnvironment({
  databases,
  temporal,
  network,
  secrets,
}: Ground): Environment {
  return {
    DATABASE_URL: databases.platform,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    PORT: "0",
    LOOM_SECRET: secrets.loom,
    SIGNING_SECRET: secrets.signing,
    MIGRATOR_ORIGINS: network.url,
    RECOVERY_SECONDS: "2",
    HEARTBEAT_SECONDS: "3",
  };
}

/** @param sabotaged the service to which everything is to be done twice */
export function migratorEnvironment(
  { databases, network, tokens, secrets }: Ground,
  platformUrl: string,
  sabotaged: string | undefined,
): Environment {
  return {
    DATABASE_URL: databases.migrator,
    PLATFORM_URL: platformUrl,
    PLATFORM_TOKEN: tokens.migrator,
    PUBLIC_URL: network.url,
    SIGNING_SECRET: secrets.signing,
    WEBHOOK_TOKEN: secrets.webhook,
    ...(sabotaged !== undefined && { SABOTAGED: sabotaged }),
  };
}
