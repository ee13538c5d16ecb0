export { createLocalEngine, type LocalEngineOptions } from "./engine/local-engine.ts";
export { createMemoryStore } from "./memory/memory-store.ts";
