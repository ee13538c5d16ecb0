export type { PostgresClient, PostgresPool, PostgresQuery } from "../database/pool.ts";
export type { PostgresMigratorStoreOptions } from "./migrator-store.ts";
export { createPostgresMigratorStore } from "./migrator-store.ts";
export { postgresMigratorMigrationSql } from "./schema.ts";
