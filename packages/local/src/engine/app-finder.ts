import type { EngineHost, OutboxEntry } from "@loom/core";
import { parseRunId } from "@loom/core";
import { addressOf } from "@loom/core/effects";

/** Finds the app that an entry calls; `undefined` for a timer, and where nobody is known. Never rejects. */
export type FindApp = (entry: OutboxEntry) => Promise<string | undefined>;

/** How long what was found counts, in milliseconds: shares need not follow a step's migrator at once. */
const KEPT_MS = 1_000;

/** Looks each app up once in a while, so that knowing whose share a call belongs to costs no reading of the store. */
export function createAppFinder({ store, clock }: Pick<EngineHost, "store" | "clock">): FindApp {
  let found = new Map<string, Promise<string | undefined>>();
  let foundUntil = 0;

  const look = async (migrationId: string, step: Parameters<typeof addressOf>[2]) => {
    try {
      return (await addressOf(store, migrationId, step))?.app;
    } catch {
      // The call reads the same, and tells what is wrong.
      return undefined;
    }
  };

  return async ({ runId, command }) => {
    const migrationId = parseRunId(runId)?.migrationId;
    if (command.type === "set_timer" || migrationId === undefined) return undefined;
    if (clock.now() >= foundUntil) {
      found = new Map();
      foundUntil = clock.now() + KEPT_MS;
    }
    const name = JSON.stringify([migrationId, command.step.migratorApp]);
    const app = found.get(name) ?? look(migrationId, command.step);
    found.set(name, app);
    return app;
  };
}
