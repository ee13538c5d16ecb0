export { createLocalEngine } from "./engine/local-engine.ts";
export type { LocalEngineOptions } from "./engine/options.ts";
export { createMemoryStore } from "./memory/memory-store.ts";
