import type { MigrationManifest } from "@loom/core";
import type { Finish, SaveProgress } from "@loom/core/run";
import { isCancellation, proxyActivities, proxyLocalActivities } from "@temporalio/workflow";
import type { LoomActivities } from "../protocol.ts";

/**
 * Writes to the store, however long that takes: by a local activity, which costs one event, and when the store does not
 * answer by a regular one, which the server repeats without another event.
 */
export async function write(
  manifest: MigrationManifest,
  command: SaveProgress | Finish,
): Promise<void> {
  const input = { manifest: namesOf(manifest), command };
  try {
    await quickly().loomWrite(input);
  } catch (error) {
    // Of a local activity, the failure comes as it was thrown, and not in an ActivityFailure.
    if (isCancellation(error)) throw error;
    await patiently().loomWrite(input);
  }
}

function quickly() {
  return proxyLocalActivities<LoomActivities>({
    startToCloseTimeout: "5 seconds",
    retry: { initialInterval: "100 milliseconds", maximumAttempts: 3 },
  });
}

function patiently() {
  return proxyActivities<LoomActivities>({
    startToCloseTimeout: "30 seconds",
    retry: { initialInterval: "1 second", backoffCoefficient: 2, maximumInterval: "30 seconds" },
    summary: "the store was not reached at first",
  });
}

/** A write needs no more of a manifest than its ids. */
function namesOf({ migrationId, runId, attempt, candidate }: MigrationManifest): MigrationManifest {
  return { migrationId, runId, attempt, candidate, steps: [] };
}
