import { once } from "node:events";
import type { RedisClient } from "./client.ts";

/**
 * Waits for the first connection of a client that keeps no queue of commands for it: such a client refuses what it is asked
 * before. It waits no longer than for the attempt that is under way; whether that came to anything, the next command says.
 */
export async function untilConnected(redis: RedisClient): Promise<void> {
  if (redis.options.enableOfflineQueue !== false) return;
  if (redis.status === "wait") await redis.connect().catch(() => undefined);
  if (redis.status !== "connecting" && redis.status !== "connect") return;
  const over = new AbortController();
  const { signal } = over;
  const events = ["ready", "close", "end"].map((event) => once(redis, event, { signal }));
  await Promise.race(events).catch(() => undefined);
  over.abort();
  await Promise.allSettled(events);
}
