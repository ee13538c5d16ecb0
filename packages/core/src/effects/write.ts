import type { EngineHost } from "../ports/execution-engine.ts";
import type { Store } from "../ports/store.ts";
import { finishChange } from "./finish.ts";

/** The writes of a loop host. A stored host has them in its commit. */
export function createWrite(store: Store): EngineHost["write"] {
  return async (manifest, command) => {
    if (command.type === "finish") {
      await store.changeStatus(finishChange(manifest, command));
      return;
    }
    const { migrationId, candidate } = manifest;
    const { attempt, sequence, progress } = command;
    const ref = { migrationId, candidateId: candidate.id };
    await store.saveProgress(ref, { attempt, sequence, progress });
  };
}
