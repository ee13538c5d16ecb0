import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";
import { isOnPath, startRedis } from "../../../test/servers/redis.ts";

/** A corner of a Redis for the demo alone: all of its keys begin with the prefix. */
export interface Corner {
  readonly url: string;
  readonly prefix: string;
  /** Removes its keys, and ends the server if it was started for it. */
  close(): Promise<void>;
}

/** Takes the Redis that `REDIS_URL` names, else starts one. @throws Error that says how to get one */
export async function openCorner(): Promise<Corner> {
  const given = process.env["REDIS_URL"];
  if (given) return cornerOf(given);
  if (!(await isOnPath("redis-server")))
    throw new Error(
      "There is no Redis. Set REDIS_URL, such as redis://127.0.0.1:6379, or put redis-server 6.2 or later on the PATH: " +
        "apt-get install redis-server, brew install redis, or docker run -p 6379:6379 redis.",
    );
  const server = await startRedis();
  return { ...cornerOf(server.url), close: () => server.kill() };
}

/** A corner of a server that runs. */
export function cornerOf(url: string): Corner {
  const prefix = `loom-example-${randomBytes(6).toString("hex")}:`;
  return { url, prefix, close: () => removeKeys(url, prefix) };
}

async function removeKeys(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url);
  for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1_000 }))
    if ((keys as string[]).length > 0) await redis.unlink(...(keys as string[]));
  await redis.quit();
}
