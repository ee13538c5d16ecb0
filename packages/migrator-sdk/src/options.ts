import { LoomError } from "@loom/core/errors";
import type { Clock } from "./clock.ts";
import type { MigrationDefinition } from "./define/define-migration.ts";
import type { LoomConnection } from "./loom/client.ts";
import type { Logger } from "./logger.ts";
import type { MigratorStore } from "./store/port.ts";

/** What a migrator is made of. */
export interface MigratorOptions {
  /** Its name at Loom: steps go to the app that they name. It belongs to the principal that announced it first. */
  readonly app: string;
  readonly migrations: readonly MigrationDefinition[];
  readonly loom: LoomConnection;
  /** Where Loom reaches this migrator; its path is kept. A function is asked before each announcement. */
  readonly url: string | (() => string);
  /** What must survive a restart: `fileMigratorStore(dir)`, a database's, or `memoryMigratorStore()` in tests. */
  readonly store: MigratorStore;
  /** Handlers that run at a time. Default 8. */
  readonly concurrency?: number;
  /**
   * Secrets that Loom signs its calls with (Standard Webhooks), each base64, with or without `whsec_`. With some, whatever
   * is not signed is refused.
   */
  readonly secrets?: readonly string[];
  /**
   * Seconds between two checks of something that stands open, for handlers with `check`. Default 300. What is old is asked
   * about less often: after a twentieth of its age, at least once an hour.
   */
  readonly checkSeconds?: number;
  /**
   * Seconds that `close()` waits for handlers and checks that ignore their signal. Default 30. Then it closes without them; what
   * they were at is done again after the next start.
   */
  readonly closeSeconds?: number;
  /** The longest body of a request, in bytes. Default 16 MiB: what the largest candidate comes to. */
  readonly maxBodyBytes?: number;
  /** Default: warnings and errors on the console. */
  readonly logger?: Logger;
  readonly clock?: Clock;
}

/** @throws LoomError `invalid_configuration` */
export function migrationsById(
  migrations: readonly MigrationDefinition[],
): ReadonlyMap<string, MigrationDefinition> {
  const byId = new Map(migrations.map((migration) => [migration.id, migration]));
  if (byId.size === migrations.length) return byId;
  throw new LoomError("invalid_configuration", "migrations: two of them have the same id.");
}

/** @throws LoomError `invalid_configuration` */
export function positive(name: string, value: number): number {
  if (value > 0) return value;
  throw new LoomError("invalid_configuration", `${name}: must be more than 0.`);
}
