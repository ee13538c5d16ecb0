import type { Store } from "@loom/core";
import { createApps } from "./apps.ts";
import type { RedisClient } from "./client/client.ts";
import { createKeys } from "./client/keys.ts";
import { checkClient, checkPrefix } from "./client/options.ts";
import { createDiscovery } from "./discovery/discovery.ts";
import { createHistory } from "./history.ts";
import { createListing } from "./listing/listing.ts";
import { createMigrations } from "./migrations.ts";
import { createChecked } from "./ping.ts";
import { createRegistry } from "./registry.ts";
import { createLeases } from "./runs/leases.ts";
import { createRunViews } from "./runs/run-views.ts";
import { createStoredRuns } from "./runs/stored-runs.ts";
import { createStatus } from "./status.ts";

/** What a Redis store is made of. */
export interface RedisStoreOptions {
  /** The host's own client, of a server, of Sentinel or of a Cluster. The store opens and closes no connection. */
  readonly redis: RedisClient;
  /** What all keys begin with: stores with different prefixes share nothing. `loom` when absent; without braces. */
  readonly prefix?: string;
}

/**
 * Keeps all of Loom's state in Redis 6.2 or later, or Valkey. How durable it is, Redis decides: the README says what each
 * setting of `appendonly` and each failover may lose. `maxmemory-policy` must be `noeviction`: `ping` refuses any other.
 *
 * @throws LoomError `invalid_configuration` for a prefix that is no text or has braces, and without a client. Its methods throw
 *   `store_unavailable` while Redis cannot serve, `invalid_configuration` while it holds data of another version under the
 *   prefix, and `internal_error` when it refuses a command for another reason.
 */
export function createRedisStore({ redis, prefix = "loom" }: RedisStoreOptions): Store {
  const keys = createKeys(checkPrefix(prefix));
  const { commands, ping } = createChecked(checkClient(redis), keys, prefix);
  const registry = createRegistry(commands, keys);
  const apps = createApps(commands, keys);
  return {
    durable: true,
    ping,
    ...createMigrations(commands, keys, { apps, registry }),
    ...createDiscovery(commands, keys),
    ...createListing(commands, keys),
    ...createStatus(commands, keys),
    ...createRunViews(commands, keys, registry),
    ...createStoredRuns(commands, keys),
    ...createLeases(commands, keys, registry),
    ...createHistory(commands, keys),
  };
}
