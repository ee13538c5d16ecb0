import { type Commands, scriptOf } from "./client/client.ts";
import type { Keys } from "./client/keys.ts";

/** The ids of all migrations. An id may be there shortly before its migration is. */
export interface Registry {
  add(migrationId: string): Promise<void>;
  /** In order. */
  all(): Promise<readonly string[]>;
  /** Those that were there at the last look, so that a frequent question needs no second round trip. */
  readonly known: readonly string[];
}

const ADD = scriptOf("addMigration", `return redis.call('ZADD', KEYS[1], 0, ARGV[1])`);
const ALL = scriptOf("allMigrations", `return redis.call('ZRANGE', KEYS[1], 0, -1)`);

export function createRegistry(commands: Commands, keys: Keys): Registry {
  let known: readonly string[] = [];
  return {
    async add(migrationId) {
      await commands.run(ADD, [keys.migrations], [migrationId]);
    },
    async all() {
      known = (await commands.run(ALL, [keys.migrations])) as string[];
      return known;
    },
    get known() {
      return known;
    },
  };
}
