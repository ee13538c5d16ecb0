export type { EmbeddedPostgresOptions, EmbeddedPostgresStore } from "./embedded-store.ts";
export { createEmbeddedPostgresStore } from "./embedded-store.ts";
