export type { NodeListener } from "./node/listener.ts";
export { migratorNode } from "./node/listener.ts";
export type { ServedMigrator, ServeOptions } from "./node/serve.ts";
export { serveMigrator } from "./node/serve.ts";
