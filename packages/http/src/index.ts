export type { Lookup } from "./client/connector.ts";
export { createMigratorClient } from "./client/migrator-client.ts";
export type { MigratorClientOptions, TlsOptions } from "./client/options.ts";
