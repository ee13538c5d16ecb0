import { LoomError } from "@loom/core/errors";
import type { Clock } from "./clock.ts";
import { MigrationAnnouncementSchema } from "./contract.ts";
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

/** What is missing, for callers whose compiler did not say so. */
const NEEDED = {
  migrations: "a list of what defineMigration gives.",
  loom: "where Loom is, such as { url, token }.",
  store: "fileMigratorStore(dir), a database's, or memoryMigratorStore() in tests.",
};

/** An announcement that Loom takes, but for what the options put into it. */
const ANNOUNCEMENT = { id: "m", name: "M", steps: [{ name: "s" }] };

/** @throws LoomError `invalid_configuration` for what is missing, and for a name or an address that Loom would refuse */
export function checkOptions(options: MigratorOptions): void {
  const given: Partial<MigratorOptions> = options;
  for (const [name, what] of Object.entries(NEEDED))
    if (given[name as keyof typeof NEEDED] === undefined)
      throw invalid(`${name}: is missing. Give ${what}`);
  const migratorUrl = typeof given.url === "function" ? "http://known.later" : given.url;
  checkAnnounced("app", { migratorApp: given.app ?? "" });
  checkAnnounced("url", { migratorUrl });
}

function checkAnnounced(name: string, announced: object): void {
  const announcement = { ...ANNOUNCEMENT, migratorUrl: "http://one.that.is", ...announced };
  const { error } = MigrationAnnouncementSchema.safeParse(announcement);
  if (error) throw invalid(`${name}: ${error.issues[0]?.message ?? "is not valid"}`);
}

/** @throws LoomError `invalid_configuration` */
export function migrationsById(
  migrations: readonly MigrationDefinition[],
): ReadonlyMap<string, MigrationDefinition> {
  const byId = new Map(migrations.map((migration) => [migration.id, migration]));
  if (byId.size === migrations.length) return byId;
  throw invalid("migrations: two of them have the same id.");
}

/** @throws LoomError `invalid_configuration` */
export function positive(name: string, value: number): number {
  if (value > 0) return value;
  throw invalid(`${name}: must be more than 0.`);
}

function invalid(message: string): LoomError {
  return new LoomError("invalid_configuration", message);
}
