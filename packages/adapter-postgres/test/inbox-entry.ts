import type { InboxEntry } from "@loom/migrator-sdk";

/** A call as a migrator's inbox keeps it, of a run of its own unless told. */
export function entryOf(id: string, runId = `run of ${id}`): InboxEntry {
  const request = {
    kind: "do",
    migrationId: "m",
    runId,
    stepName: "step",
    candidate: { id: "billing" },
    callbackId: "L1.x",
    eventName: "step-completed:step",
    migratorApp: "app",
    migratorUrl: "http://migrator.example",
    dispatchId: id,
    attempt: 1,
    stepAttempt: 1,
  } as const;
  return { id, runId, request, receivedAt: 1 };
}
