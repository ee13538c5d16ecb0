export type { TemporalEngineOptions } from "./client/options.ts";
export type { TemporalEngine } from "./client/temporal-engine.ts";
export { createTemporalEngine } from "./client/temporal-engine.ts";
