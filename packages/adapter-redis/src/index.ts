export type { RedisClient } from "./client/client.ts";
export type { RedisStoreOptions } from "./redis-store.ts";
export { createRedisStore } from "./redis-store.ts";
