import type { MigrationManifest } from "../domain/manifest.ts";
import { LoomError } from "../errors.ts";
import type { CandidateRef } from "../ports/candidate-record.ts";
import type { UseCaseContext } from "./context.ts";

/** Whether the run began in another engine than the one at hand: that one does not know it, and must not conclude that it is gone. */
export function isElsewhere({ engine }: UseCaseContext, manifest: MigrationManifest): boolean {
  return manifest.engine !== engine.name;
}

/** @throws LoomError `engine_unavailable` when the run began in another engine */
export function guardHome(context: UseCaseContext, manifest: MigrationManifest): void {
  if (!isElsewhere(context, manifest)) return;
  const [home, here] = [manifest.engine, context.engine.name].map(nameOf);
  throw new LoomError(
    "engine_unavailable",
    `The run began in ${home}, and this Loom works with ${here}; it goes on in a Loom with the engine in which it began.`,
  );
}

/** Asked when the engine does not know the current attempt. @throws as {@link guardHome} */
export async function guardHomeOf(
  context: UseCaseContext,
  ref: CandidateRef,
  attempt: number,
): Promise<void> {
  const run = await context.store.getRun(ref);
  if (run?.attempt === attempt) guardHome(context, run.manifest);
}

/** An engine without a name keeps its runs in the store. */
export function nameOf(engine: string | undefined): string {
  return engine ?? "the in-process engine";
}
