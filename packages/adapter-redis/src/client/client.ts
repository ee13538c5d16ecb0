import { createHash } from "node:crypto";
import type { Cluster, Redis } from "ioredis";
import { isUnknownScript, storeError } from "./errors.ts";

/** The user's own client, of a single server, of Sentinel or of Cluster, with either protocol and mapping of replies. */
export type RedisClient = Redis | Redis<"resp3"> | Cluster | Cluster<"resp3">;

/** A Lua script under a name that differs when its text does, so that two versions of Loom can share a client. */
export interface Script {
  readonly name: string;
  readonly lua: string;
}

export function scriptOf(name: string, lua: string): Script {
  const digest = createHash("sha1").update(lua).digest("hex").slice(0, 8);
  return { name: `loom.${name}.${digest}`, lua };
}

/** Runs scripts. Errors are those of the port: {@link storeError}. */
export interface Commands {
  /** Runs a script on keys of one slot; it is atomic, and all of its writes are there or none. */
  run(script: Script, keys: readonly string[], args?: readonly Argument[]): Promise<unknown>;
  /** Reads whole hashes of one slot in one round trip. */
  readHashes(keys: readonly string[]): Promise<readonly Readonly<Record<string, string>>[]>;
}

export type Argument = string | number;
type Command = (keyCount: number, ...parts: Argument[]) => Promise<unknown>;

/** A script that Redis does not know has not run; another one of ours can be forgotten again before it comes back. */
const TRIES = 5;

export function createCommands(client: RedisClient): Commands {
  // They differ in the types of replies that nothing here depends on.
  const redis = client as Redis;
  const commandOf = (script: Script): Command => {
    if (!Object.hasOwn(redis, script.name)) redis.defineCommand(script.name, { lua: script.lua });
    return (redis as unknown as Record<string, Command>)[script.name]?.bind(redis) as Command;
  };

  return {
    async run(script, keys, args = []) {
      const command = commandOf(script);
      for (let tries = 1; ; tries++) {
        try {
          return await command(keys.length, ...keys, ...args);
        } catch (error) {
          if (!isUnknownScript(error) || tries === TRIES) throw storeError(error);
        }
      }
    },
    async readHashes(keys) {
      if (keys.length === 0) return [];
      try {
        const pipeline = redis.pipeline();
        for (const key of keys) pipeline.hgetall(key);
        const replies = (await pipeline.exec()) ?? [];
        return replies.map(([error, hash]) => {
          if (error) throw error;
          return hash as Record<string, string>;
        });
      } catch (error) {
        throw storeError(error);
      }
    },
  };
}
