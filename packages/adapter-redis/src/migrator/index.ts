export type { RedisClient } from "../client/client.ts";
export type { RedisMigratorStoreOptions } from "./migrator-store.ts";
export { createRedisMigratorStore } from "./migrator-store.ts";
