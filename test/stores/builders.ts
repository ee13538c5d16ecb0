import type {
  Candidate,
  HistoryEntry,
  Migration,
  MigrationManifest,
  Position,
  RunCommit,
  StatusChange,
  Store,
} from "@loom/core";
import { runIdOf } from "@loom/core";
import { startRun } from "@loom/core/run";

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

/** A commit of a run of `bump` that has just begun, with timers of these names added. */
export function commitOf(
  migrationId: string,
  candidateId: string,
  expectedVersion: number,
  adds: readonly string[],
): RunCommit {
  const runId = runIdOf(migrationId, candidateId);
  const [state] = startRun(manifestOf(migrationId, candidateId, 1), AT);
  const call = { attempt: 1, kind: "do", step: "bump", number: 1 } as const;
  const add = adds.map((name) => {
    const id = `${runId}:${name}`;
    const command = { type: "set_timer", id, call, dueAt: 1 } as const;
    return { id, runId, attempt: 1, command, dueAt: 1, tries: 0 };
  });
  const rest = { add, remove: [], postpone: [], hasten: [] };
  return { runId, attempt: 1, expectedVersion, state, ...rest };
}

/** How many lines the history of a migration has. */
export async function countHistory(store: Store, migrationId: string): Promise<number> {
  let count = 0;
  for (let cursor: string | undefined, isEnd = false; !isEnd; isEnd = cursor === undefined) {
    const page = { limit: 500, ...(cursor !== undefined && { cursor }) };
    const { items, nextCursor } = await store.listHistory(migrationId, page);
    count += items.length;
    cursor = nextCursor;
  }
  return count;
}
