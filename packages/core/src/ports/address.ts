import type { StepDefinition } from "../domain/step.ts";
import type { MigrationStore } from "./migration-store.ts";
import type { MigratorAddress } from "./migrator-notifier.ts";

/** Who performs a step now: the app that it names if that is registered, else the migration's own; `null` without either. */
export async function addressOf(
  store: Pick<MigrationStore, "findMigrator" | "getMigration">,
  migrationId: string,
  { migratorApp }: StepDefinition,
): Promise<MigratorAddress | null> {
  const named = migratorApp === undefined ? null : await store.findMigrator(migratorApp);
  if (named) return named;
  const migration = await store.getMigration(migrationId);
  return migration && (await store.findMigrator(migration.migratorApp));
}
