import type { Migration, MigratorAddress } from "@loom/core";
import { type Commands, scriptOf } from "./client/client.ts";
import type { Keys } from "./client/keys.ts";
import { newToken } from "./codec/token.ts";

/** Where apps are, and to whom their names belong. */
export interface Apps {
  /** Puts the address of a migration's app in; `null` when its name belongs to another principal. */
  claim(migration: Migration, owner: string): Promise<AppClaim | null>;
  /** Takes a claim back whose migration could not be registered, unless the app was announced again since. */
  giveBack(claim: AppClaim): Promise<void>;
  find(app: string): Promise<MigratorAddress | null>;
}

export interface AppClaim {
  readonly app: string;
  readonly token: string;
}

const CLAIM = scriptOf(
  "claimApp",
  `local found = redis.call('HMGET', KEYS[1], 'owner', 'url', 'token')
  if found[1] and found[1] ~= ARGV[1] then return 0 end
  if found[3] == ARGV[3] then return 1 end
  redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'url', ARGV[2], 'token', ARGV[3])
  if found[2] then redis.call('HSET', KEYS[1], 'before', found[2]) end
  return 1`,
);

const GIVE_BACK = scriptOf(
  "giveBackApp",
  `local found = redis.call('HMGET', KEYS[1], 'token', 'before')
  if found[1] ~= ARGV[1] then return 0 end
  if not found[2] then return redis.call('DEL', KEYS[1]) end
  redis.call('HSET', KEYS[1], 'url', found[2], 'token', '')
  return 1`,
);

const FIND = scriptOf("findApp", `return redis.call('HGET', KEYS[1], 'url')`);

export function createApps(commands: Commands, keys: Keys): Apps {
  return {
    async claim({ migratorApp: app, migratorUrl }, owner) {
      const token = newToken();
      const claimed = await commands.run(CLAIM, [keys.app(app)], [owner, migratorUrl, token]);
      return Number(claimed) === 1 ? { app, token } : null;
    },
    async giveBack({ app, token }) {
      await commands.run(GIVE_BACK, [keys.app(app)], [token]);
    },
    async find(app) {
      const url = await commands.run(FIND, [keys.app(app)]);
      return typeof url === "string" ? { app, url } : null;
    },
  };
}
