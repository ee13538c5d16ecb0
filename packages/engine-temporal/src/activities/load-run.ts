import type { EngineHost, RunRecord } from "@loom/core";
import type { AttemptRef } from "../protocol.ts";

/** The attempt with its pinned manifest; `undefined` when the candidate is past it, or no longer runs it. */
export async function loadRun(
  { store }: Pick<EngineHost, "store">,
  { attempt, ...ref }: AttemptRef,
): Promise<RunRecord | undefined> {
  const { migrationId, candidateId } = ref;
  const run = await store.getRun({ migrationId, candidateId });
  return run?.attempt === attempt && run.phase !== "finished" ? run : undefined;
}
