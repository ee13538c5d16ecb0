import type {
  Candidate,
  HistoryEntry,
  Migration,
  MigrationManifest,
  Position,
  StatusChange,
  Store,
} from "@loom/core";
import { runIdOf } from "@loom/core";

/** A moment that tests share. */
export const AT = "2030-01-01T00:00:00.000Z";

export const HISTORY: HistoryEntry = { at: AT, actor: { id: "ada" }, action: "start" };

export function migrationOf(id: string): Migration {
  return {
    id,
    name: "Move the charts",
    steps: [{ name: "bump" }],
    requiredInputs: [],
    migratorApp: `app-${id}`,
    migratorUrl: "https://charts.example/loom",
    createdAt: AT,
    updatedAt: AT,
  };
}

/** Registers a migration and submits candidates to it, in a discovery that is complete. */
export async function fill(
  store: Store,
  migrationId: string,
  candidates: readonly Candidate[],
): Promise<void> {
  await store.register({ migration: migrationOf(migrationId), owner: "owner", history: HISTORY });
  const discovery = { id: "first", complete: true };
  await store.mergeCandidates({ migrationId, candidates, discovery, at: AT, history: HISTORY });
}

export function manifestOf(
  migrationId: string,
  candidateId: string,
  attempt: number,
): MigrationManifest {
  const runId = runIdOf(migrationId, candidateId);
  return { migrationId, runId, attempt, candidate: { id: candidateId }, steps: [{ name: "bump" }] };
}

/** A change with a token of its own; it claims where it leads to `running`. */
export function changeOf(
  migrationId: string,
  candidateId: string,
  [from, to]: readonly [Position, Position],
): StatusChange {
  return {
    migrationId,
    candidateId,
    token: crypto.randomUUID(),
    from,
    to,
    at: AT,
    ...(to.status === "running" && { claim: manifestOf(migrationId, candidateId, to.attempt) }),
    history: { ...HISTORY, candidateId, attempt: to.attempt },
  };
}
