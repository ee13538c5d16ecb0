import { LoomError } from "@loom/core";
import { checkedFirst } from "./client/checked-first.ts";
import { type Commands, createCommands, type RedisClient, scriptOf } from "./client/client.ts";
import { untilConnected } from "./client/connected.ts";
import { isForbidden, storeError } from "./client/errors.ts";
import type { Keys } from "./client/keys.ts";

/** The version of the layout of keys and hashes. */
const LAYOUT = "1";

/** @returns the layout that is there, from now on or before */
const LOOK = scriptOf(
  "look",
  `local found = redis.call('GET', KEYS[1])
  if not found then redis.call('SET', KEYS[1], ARGV[1]) end
  return found or ARGV[1]`,
);

/** A write, so that a replica and a Redis without memory do not pass. */
const TOUCH = scriptOf("touch", `return redis.call('SET', KEYS[1], ARGV[1], 'NX') and 1 or 0`);

/** Commands that are sent only to a Redis whose data the store understands, and the store's `ping`. */
export interface Checked {
  readonly commands: Commands;
  /**
   * Answers when the store can be used, to write as well.
   *
   * @throws LoomError `store_unavailable`; `invalid_configuration` when Redis may evict what the store keeps, or holds the
   *   layout of another version
   */
  readonly ping: () => Promise<void>;
}

/** @param prefix for messages */
export function createChecked(
  redis: RedisClient,
  { layout }: Pick<Keys, "layout">,
  prefix: string,
): Checked {
  const unchecked = createCommands(redis);
  const { commands, look } = checkedFirst(unchecked, async () => {
    await untilConnected(redis);
    const found = await unchecked.run(LOOK, [layout], [LAYOUT]);
    if (found !== LAYOUT) throw anotherLayout(prefix);
  });
  return {
    commands,
    async ping() {
      await look();
      await unchecked.run(TOUCH, [layout], [LAYOUT]);
      await checkEviction(redis);
    },
  };
}

function anotherLayout(prefix: string): LoomError {
  return new LoomError(
    "invalid_configuration",
    `Redis holds data of another version of Loom under the prefix ${prefix}: go on with that version, or give this one a prefix of its own.`,
  );
}

/** What each kind of policy may take from a store. */
const EVICTED: readonly (readonly [prefix: string, what: string])[] = [
  ["allkeys-", "runs"],
  ["volatile-", "what repeated requests are known by, so that one is done twice"],
];

async function checkEviction(redis: RedisClient): Promise<void> {
  for (const policy of await Promise.all(serversOf(redis).map(evictionPolicy))) {
    const [, what] = EVICTED.find(([prefix]) => policy.startsWith(prefix)) ?? [];
    if (what !== undefined)
      throw new LoomError(
        "invalid_configuration",
        `Redis may evict ${what} (maxmemory-policy ${policy}); set maxmemory-policy to noeviction.`,
      );
  }
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
