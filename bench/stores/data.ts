import type { Candidate, HistoryAction, StatusChange } from "@loom/core";
import { AT, HISTORY, manifestOf } from "../../test/stores/builders.ts";

/** What the candidates look like, for the reader of the figures. */
export const DATA =
  "ids like app-00042, a kind, metadata of three short fields, an empty list of files";
/** The kind of a hundred candidates, evenly among all. */
export const RARE_KIND = "gateway";

const REGIONS = ["eu-west-1", "us-east-1", "ap-south-1"];

/** Candidates as a discovery of services would list them. */
export function candidatesOf(count: number): Candidate[] {
  return Array.from({ length: count }, (_, n) => ({
    id: `app-${String(n).padStart(5, "0")}`,
    kind: n % Math.max(10, count / 100) === 7 ? RARE_KIND : (["service", "worker"][n % 2] ?? ""),
    metadata: {
      team: `team-${n % 40}`,
      tier: String(n % 4),
      region: REGIONS[n % 3] ?? "",
    },
    files: [],
  }));
}

const INPUTS = { targetVersion: "2.0.0" };
const POSITIONS = {
  fresh: { status: "not_started", attempt: 0 },
  queued: { status: "queued", attempt: 1 },
  running: { status: "running", attempt: 1 },
  completed: { status: "completed", attempt: 1 },
} as const;

/** The three changes of a candidate's life, as Loom's use cases make them: it is queued, started, and completed. */
export function lifeOf(migrationId: string, candidate: Candidate): readonly StatusChange[] {
  const { fresh, queued, running, completed } = POSITIONS;
  const change = (action: HistoryAction) => ({
    migrationId,
    candidateId: candidate.id,
    token: crypto.randomUUID(),
    at: AT,
    history: { ...HISTORY, action, candidateId: candidate.id, attempt: 1 },
  });
  const claim = { ...manifestOf(migrationId, candidate.id, 1), candidate };
  return [
    { ...change("queue"), from: fresh, to: queued, inputs: INPUTS },
    { ...change("execute"), from: queued, to: running, inputs: INPUTS, claim },
    { ...change("complete"), from: running, to: completed, inputs: {}, progress: LAST_VIEW },
  ];
}

const LAST_VIEW = {
  attempt: 1,
  sequence: 4,
  progress: {
    phase: "finished",
    steps: [
      {
        stepName: "bump",
        status: "completed",
        stepAttempt: 1,
        startedAt: AT,
        updatedAt: AT,
        completedAt: AT,
      },
    ],
    compensations: [],
  },
} as const satisfies StatusChange["progress"];
