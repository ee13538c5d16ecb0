import { MigrationAnnouncementSchema, parse } from "../contract.ts";
import type { MigrationDefinition } from "../define/define-migration.ts";
import type { Host } from "../host.ts";
import { refusal, untilAnswered } from "./until-answered.ts";

/** Registers migrations with Loom. */
export interface Announcer {
  /** @throws LoomError whatever Loom refuses with, such as `forbidden` for an id that belongs to another */
  announce(migration: MigrationDefinition, signal: AbortSignal): Promise<void>;
}

/** @param url where Loom reaches this migrator; a function is asked before each announcement */
export function createAnnouncer(host: Host, url: string | (() => string)): Announcer {
  return {
    async announce(migration, signal) {
      const migratorUrl = typeof url === "function" ? url() : url;
      const announcement = parse(MigrationAnnouncementSchema, {
        ...announced(migration),
        migratorApp: host.app,
        migratorUrl,
      });
      const what = `announcement of ${migration.id}`;
      const answer = await untilAnswered(
        host,
        what,
        () => host.loom.announce(announcement),
        signal,
      );
      if (answer.type === "refused") throw refusal(what, answer);
      host.logger.info({ migrationId: migration.id, migratorUrl }, "announced");
    },
  };
}

function announced({
  id,
  name,
  description,
  overview,
  steps,
  requiredInputs,
}: MigrationDefinition) {
  return { id, name, description, overview, steps, requiredInputs };
}
