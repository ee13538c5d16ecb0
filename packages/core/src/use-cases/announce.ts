import type { Actor } from "../domain/actor.ts";
import type { Migration } from "../domain/migration.ts";
import type { MigrationAnnouncement } from "../domain/requests.ts";
import type { Timestamp } from "../domain/values.ts";
import { LoomError } from "../errors.ts";
import type { UseCaseContext } from "./context.ts";
import { now } from "./context.ts";
import { submitCandidates } from "./submit-candidates.ts";

/** Registers or refreshes a migration by its id; a non-empty list of candidates is a discovery. */
export async function announce(
  context: UseCaseContext,
  announcement: MigrationAnnouncement,
  actor: Actor,
): Promise<Migration> {
  const at = now(context);
  const migration = migrationOf(announcement, at);
  const result = await context.store.register({
    migration,
    owner: actor.id,
    history: { at, actor, action: "announce" },
  });
  if ("taken" in result) throw takenError(result.taken, migration);
  const { candidates = [] } = announcement;
  if (candidates.length > 0) await submitCandidates(context, migration.id, { candidates }, actor);
  return result.registered;
}

function migrationOf(announcement: MigrationAnnouncement, at: Timestamp): Migration {
  const { candidates: _, requiredInputs = [], migratorApp, ...plan } = announcement;
  return {
    ...plan,
    requiredInputs,
    migratorApp: migratorApp ?? announcement.id,
    createdAt: at,
    updatedAt: at,
  };
}

function takenError(taken: "migration" | "app", { id, migratorApp }: Migration): LoomError {
  const what = taken === "migration" ? `The migration ${id}` : `The app ${migratorApp}`;
  return new LoomError("forbidden", `${what} belongs to another principal; choose another name.`);
}
