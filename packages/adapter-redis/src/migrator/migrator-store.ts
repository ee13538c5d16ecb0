import type { MigratorStore } from "@loom/migrator-sdk";
import type { RedisClient } from "../client/client.ts";
import { checkClient, checkPrefix } from "../client/options.ts";
import { createChecked } from "../ping.ts";
import { createInbox } from "./inbox.ts";
import { createMigratorKeys } from "./keys.ts";
import { createOutbox } from "./outbox.ts";
import { createScripts } from "./script.ts";
import { createUpkeep } from "./upkeep.ts";
import { createWaits } from "./waits.ts";

/** What a migrator's Redis store is made of. */
export interface RedisMigratorStoreOptions {
  /** The host's own client, of a server, of Sentinel or of a Cluster. The store opens and closes no connection. */
  readonly redis: RedisClient;
  /**
   * What all keys begin with: each migrator needs one of its own, and all of its processes the same. `loom-migrator` when
   * absent; without braces. In a Cluster it decides on the slot, where all keys of a migrator are.
   */
  readonly prefix?: string;
}

/**
 * Keeps what a migrator must not forget in Redis 6.2 or later, or Valkey; several processes of the migrator may share it.
 *
 * @throws LoomError `invalid_configuration` for a prefix that is no text or has braces, and without a client. Its methods throw
 *   `store_unavailable` while Redis cannot serve, and `invalid_configuration` while it holds data of another version under the
 *   prefix; `open` also when Redis may evict what is kept.
 */
export function createRedisMigratorStore({
  redis,
  prefix = "loom-migrator",
}: RedisMigratorStoreOptions): MigratorStore {
  const keys = createMigratorKeys(checkPrefix(prefix));
  const { commands, ping } = createChecked(checkClient(redis), keys, prefix);
  const scripts = createScripts(commands, keys);
  return {
    shared: true,
    open: ping,
    async close() {},
    inbox: createInbox(scripts),
    waits: createWaits(scripts),
    outbox: createOutbox(scripts),
    ...createUpkeep(scripts),
  };
}
