import { LoomError } from "@loom/core";
import { type Commands, type RedisClient, scriptOf } from "./client/client.ts";
import { isForbidden, storeError } from "./client/errors.ts";
import type { Keys } from "./client/keys.ts";

/** The version of the layout of keys and hashes. */
const LAYOUT = "1";

/** A write, so that a replica and a Redis without memory do not pass. @returns the layout that is there */
const TOUCH = scriptOf(
  "touch",
  `redis.call('SET', KEYS[1], ARGV[1], 'NX')
  return redis.call('GET', KEYS[1])`,
);

/**
 * Answers when the store can be used, to write as well.
 *
 * @throws LoomError `store_unavailable`; `invalid_configuration` when Redis may evict what the store keeps, or holds the layout
 *   of another version
 */
export async function ping(
  commands: Commands,
  keys: Pick<Keys, "layout">,
  redis: RedisClient,
): Promise<void> {
  const layout = await commands.run(TOUCH, [keys.layout], [LAYOUT]);
  if (layout !== LAYOUT)
    throw new LoomError(
      "invalid_configuration",
      "Redis holds data of another version of the store under this prefix.",
    );
  const policies = await Promise.all(serversOf(redis).map(evictionPolicy));
  const evicting = policies.find((policy) => policy.startsWith("allkeys-"));
  if (evicting !== undefined)
    throw new LoomError(
      "invalid_configuration",
      `Redis may evict runs (maxmemory-policy ${evicting}); set maxmemory-policy to noeviction.`,
    );
}

type Server = Pick<RedisClient, "info">;

/** Each primary of a cluster has a policy of its own. */
function serversOf(redis: RedisClient): readonly Server[] {
  return "nodes" in redis ? redis.nodes("master") : [redis];
}

/** Empty where the user may not ask. */
async function evictionPolicy(server: Server): Promise<string> {
  try {
    return /^maxmemory_policy:(.+?)\r?$/m.exec(await server.info("memory"))?.[1] ?? "";
  } catch (error) {
    if (isForbidden(error)) return "";
    throw storeError(error);
  }
}
