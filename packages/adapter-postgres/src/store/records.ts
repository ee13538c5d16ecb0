import type { Candidate, CandidateRecord, CurrentStep, RunSummary } from "@loom/core";
import type { Row } from "../database/database.ts";
import { jsonIn, numberIn, textIn, timestampIn } from "../database/values.ts";

/** The id of a candidate `c`. As JSON, because PGlite's reader drops a byte order mark that a text begins with. */
export const ID_COLUMN = "to_json(c.id) AS id";

/** The columns of a candidate `c` that a {@link RunSummary} is made of. */
export const SUMMARY_COLUMNS = "c.run_attempt, c.phase, c.delivery, c.claimed_at, c.step";

/** The columns of a candidate `c` that a {@link CandidateRecord} is made of. */
export const RECORD_COLUMNS = `${ID_COLUMN}, to_json(c.kind) AS kind, c.data, c.status, c.attempt, c.updated_at, c.inputs, ${SUMMARY_COLUMNS}`;

export function recordOf(row: Row): CandidateRecord {
  const wasStarted = row["run_attempt"] !== null;
  return {
    candidate: candidateOf(row),
    status: textIn(row, "status") as CandidateRecord["status"],
    attempt: numberIn(row, "attempt"),
    updatedAt: timestampIn(row, "updated_at"),
    inputs: jsonIn(row, "inputs") as CandidateRecord["inputs"],
    ...(wasStarted && { run: summaryOf(row) }),
  };
}

export function summaryOf(row: Row): RunSummary {
  const isAtStep = row["step"] !== null;
  return {
    attempt: numberIn(row, "run_attempt"),
    phase: textIn(row, "phase") as RunSummary["phase"],
    delivery: textIn(row, "delivery") as RunSummary["delivery"],
    claimedAt: timestampIn(row, "claimed_at"),
    ...(isAtStep && { currentStep: jsonIn(row, "step") as CurrentStep }),
  };
}

/** What {@link ID_COLUMN} gave. */
export function candidateIdIn(row: Row): string {
  return jsonIn(row, "id") as string;
}

function candidateOf(row: Row): Candidate {
  const hasKind = row["kind"] !== null;
  return {
    id: candidateIdIn(row),
    ...(hasKind && { kind: jsonIn(row, "kind") as string }),
    ...(jsonIn(row, "data") as Omit<Candidate, "id" | "kind">),
  };
}
