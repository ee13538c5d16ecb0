import type {
  Candidate,
  Expectation,
  HistoryAction,
  HistoryEntry,
  Migration,
  MigrationManifest,
  Position,
  StatusChange,
  StepDefinition,
} from "@loom/core";
import { runIdOf } from "@loom/core";

/** A moment, some seconds after the first. */
export function at(seconds: number): string {
  return new Date(Date.UTC(2030, 0, 1) + 1000 * seconds).toISOString();
}

/** Text that no other test has, and that may stand in any id. */
export function unique(): string {
  return crypto.randomUUID().slice(0, 13);
}

export function migrationOf(id: string, more: Partial<Migration> = {}): Migration {
  return {
    id,
    name: "Move the charts",
    steps: [{ name: "bump" }, { name: "approve", compensable: true }],
    requiredInputs: [{ name: "version", label: "Version" }],
    migratorApp: `app-${id}`,
    migratorUrl: "https://charts.example/loom",
    createdAt: at(0),
    updatedAt: at(0),
    ...more,
  };
}

/** A candidate with something in every field. */
export function fullCandidate(id: string): Candidate {
  return {
    id,
    kind: "service",
    metadata: { team: "billing", ["__proto__"]: "data", constructor: "data", "": "empty key" },
    state: { currentVersion: "1.4.2" },
    files: [{ name: "values", repo: "acme/billing", files: [{ path: "a/b.yaml", url: "u" }] }],
    steps: [{ name: "own step", type: "bump", config: { env: "staging" }, timeoutSeconds: 60 }],
  };
}

export function historyOf(action: HistoryAction, more: Partial<HistoryEntry> = {}): HistoryEntry {
  return { at: at(1), actor: { id: "ada@acme.example", name: "Ada" }, action, ...more };
}

export function manifestOf(
  migrationId: string,
  candidateId: string,
  attempt: number,
  steps: readonly StepDefinition[] = [{ name: "bump" }, { name: "approve" }],
): MigrationManifest {
  const runId = runIdOf(migrationId, candidateId);
  return { migrationId, runId, attempt, candidate: { id: candidateId }, steps };
}

/** What a change is apart from where it leads. */
export type ChangeParts = Partial<Omit<StatusChange, "from" | "to">>;

/** A change of a candidate from one position to another. */
export function changeOf(
  migrationId: string,
  candidateId: string,
  [from, to]: readonly [Expectation, Position],
  more: ChangeParts = {},
): StatusChange {
  const { attempt } = to;
  return {
    migrationId,
    candidateId,
    token: crypto.randomUUID(),
    from,
    to,
    at: at(2),
    history: historyOf("start", { candidateId, attempt }),
    ...more,
  };
}
