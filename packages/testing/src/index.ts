export { describeExecutionEngine } from "./describe-execution-engine.ts";
export { describeMigrationStore } from "./describe-migration-store.ts";
export { describeMigratorStore } from "./migrator-store-suite.ts";
export { describeRunStore } from "./describe-run-store.ts";
export type { EngineCapabilities, EngineSetup, EngineSuiteOptions } from "./engine/fixture.ts";
export type { MigratorStoreSetup, MigratorStoreSuiteOptions } from "./migrator-store/law-test.ts";
export type { Expect, Matchers, Runner } from "./runner.ts";
export type { StoreSetup, StoreSuiteOptions } from "./store/fixture.ts";
export { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";
