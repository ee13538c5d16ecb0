export type { PostgresClient, PostgresPool, PostgresQuery } from "./database/pool.ts";
export type { PostgresStore, PostgresStoreOptions } from "./postgres-store.ts";
export { createPostgresStore } from "./postgres-store.ts";
export { postgresMigrationSql } from "./schema/store-plan.ts";
