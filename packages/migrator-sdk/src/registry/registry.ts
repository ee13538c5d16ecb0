import { LoomError } from "@loom/core/errors";
import type { DiscoveryCounts } from "../contract.ts";
import type { MigrationDefinition } from "../define/define-migration.ts";
import type { Host } from "../host.ts";
import { createAnnouncer } from "./announce.ts";
import { createDiscoverer } from "./discover.ts";

/** What Loom is told of the migrations. */
export interface Registry {
  /** Announces one migration, or all, again. @throws LoomError whatever Loom refuses with, such as `forbidden` */
  announce(migrationId?: string): Promise<void>;
  /**
   * Discovers the candidates of one migration, or of all, again. Gives what Loom made of them by migration id.
   *
   * @throws LoomError `validation_failed` naming a candidate that the contract refuses, and whatever Loom refuses with
   */
  discover(migrationId?: string): Promise<Readonly<Record<string, DiscoveryCounts>>>;
}

/**
 * @param url where Loom reaches this migrator
 * @param signal ends the asking while Loom does not answer
 */
export function createRegistry(
  host: Host,
  url: string | (() => string),
  signal: AbortSignal,
): Registry {
  const announcer = createAnnouncer(host, url);
  const discoverer = createDiscoverer(host, announcer);
  const chosen = (id?: string): readonly MigrationDefinition[] => {
    if (id === undefined) return [...host.migrations.values()];
    const migration = host.migrations.get(id);
    if (migration) return [migration];
    throw new LoomError("migration_not_found", `Migrator ${host.app} has no migration "${id}".`);
  };
  return {
    async announce(id) {
      for (const migration of chosen(id)) await announcer.announce(migration, signal);
    },
    async discover(id) {
      const counts: Record<string, DiscoveryCounts> = {};
      for (const migration of chosen(id))
        counts[migration.id] = await discoverer.discover(migration, signal);
      return counts;
    },
  };
}
