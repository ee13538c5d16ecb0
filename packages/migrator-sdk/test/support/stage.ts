import { onTestFinished } from "vitest";
import type {
  MigrationDefinition,
  Migrator,
  MigratorOptions,
  MigratorStore,
} from "../../src/index.ts";
import { createMigrator, memoryMigratorStore } from "../../src/index.ts";
import type { LoomDouble } from "./loom-double.ts";
import { startLoomDouble } from "./loom-double.ts";
import type { RecordedLine } from "./recorded-log.ts";
import { recordedLog } from "./recorded-log.ts";
import type { ManualClock } from "./manual-clock.ts";
import { manualClock } from "./manual-clock.ts";

/** A migrator and the double of its Loom. */
export interface Stage {
  readonly loom: LoomDouble;
  readonly migrator: Migrator;
  readonly clock: ManualClock;
  readonly store: MigratorStore;
  readonly lines: readonly RecordedLine[];
}

/** Opens one until the end of the test, with a clock that stands still until it is told to go on. */
export async function stage(
  migration: MigrationDefinition | readonly MigrationDefinition[],
  options: Partial<MigratorOptions> & { readonly isClosed?: boolean } = {},
): Promise<Stage> {
  const loom = await startLoomDouble();
  const clock = manualClock();
  const { logger, lines } = recordedLog();
  const store = options.store ?? memoryMigratorStore();
  const { isClosed, ...rest } = options;
  const migrator = createMigrator({
    app: "app",
    migrations: [migration].flat(),
    loom: { url: loom.url, token: "secret" },
    url: "http://migrator.example/base",
    clock,
    logger,
    ...rest,
    store,
  });
  if (!isClosed) await migrator.open();
  onTestFinished(async () => {
    await migrator.close();
    await loom.close();
  });
  return {
    loom,
    migrator,
    clock,
    store,
    lines,
  };
}
