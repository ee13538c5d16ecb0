import type { Clock } from "./clock.ts";
import type { MigrationDefinition } from "./define/define-migration.ts";
import type { LoomClient } from "./loom/client.ts";
import type { Logger } from "./logger.ts";
import type { MigratorStore } from "./store/port.ts";

/** What every part of a migrator shares. */
export interface Host {
  readonly app: string;
  readonly migrations: ReadonlyMap<string, MigrationDefinition>;
  readonly store: MigratorStore;
  readonly loom: LoomClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds between two checks of something open. */
  readonly checkMs: number;
  /** Names this migrator and its start in leases. */
  readonly owner: string;
  /** Looks for work soon. */
  wake(): void;
}

/** How long a lease on a call lasts, in a store that is shared; else as long as the process. */
const LEASE_MS = 30_000;

/** The lease to ask for. */
export function leaseOf({ store, clock, owner }: Host): {
  owner: string;
  now: number;
  leaseMs: number;
} {
  return { owner, now: clock.now(), leaseMs: store.shared ? LEASE_MS : Number.MAX_SAFE_INTEGER };
}

/** How often leases are prolonged. */
export const RENEW_MS = LEASE_MS / 3;
