import { describe, expect, test } from "vitest";
import { describeExecutionEngine as engineSuite } from "./describe-execution-engine.ts";
import { describeMigrationStore as migrationStoreSuite } from "./describe-migration-store.ts";
import { describeRunStore as runStoreSuite } from "./describe-run-store.ts";
import type { MigratorStoreSuiteOptions } from "./migrator-store/law-test.ts";
import { describeMigratorStore as migratorStoreSuite } from "./migrator-store-suite.ts";
import type { EngineSuiteOptions } from "./engine/fixture.ts";
import type { Runner } from "./runner.ts";
import type { StoreSuiteOptions } from "./store/fixture.ts";

const runner: Runner = { describe, test, expect };

/** The suite of the same name in `@loom/testing`, run by vitest. */
export function describeMigrationStore(name: string, options: StoreSuiteOptions): void {
  migrationStoreSuite(runner, name, options);
}

/** The suite of the same name in `@loom/testing`, run by vitest. */
export function describeRunStore(name: string, options: StoreSuiteOptions): void {
  runStoreSuite(runner, name, options);
}

/** The suite of the same name in `@loom/testing`, run by vitest. */
export function describeExecutionEngine(name: string, options: EngineSuiteOptions): void {
  engineSuite(runner, name, options);
}

/** The suite of the same name in `@loom/testing`, run by vitest. */
export function describeMigratorStore(name: string, options: MigratorStoreSuiteOptions): void {
  migratorStoreSuite(runner, name, options);
}
