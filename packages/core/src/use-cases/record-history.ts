import type { HistoryEntry } from "../domain/views.ts";
import type { UseCaseContext } from "./context.ts";
import { retried } from "./retried.ts";

/** Puts down what has been done already: a failure is logged and not the caller's, for the action cannot be taken back. */
export async function recordHistory(
  context: UseCaseContext,
  migrationId: string,
  entry: HistoryEntry,
): Promise<void> {
  try {
    await retried(context, () => context.store.appendHistory(migrationId, entry));
  } catch (err) {
    const { action, candidateId, attempt, actor } = entry;
    const fields = { migrationId, action, candidateId, attempt, actor: actor.id, err };
    context.logger.error(fields, "an action was done, but its history could not be written");
  }
}
