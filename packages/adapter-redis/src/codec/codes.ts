import type { CandidateStatus, Delivery, RunPhase, StepStatus } from "@loom/core";

/** One letter for each status: a candidate's hash and index entries stay small. */
export const STATUS_CODES = {
  not_started: "n",
  queued: "q",
  running: "r",
  completed: "c",
} as const satisfies Record<CandidateStatus, string>;

export const STEP_CODES = {
  in_progress: "i",
  open: "o",
  awaiting_review: "a",
  completed: "c",
  merged: "m",
  failed: "f",
} as const satisfies Record<StepStatus, string>;

export const PHASE_CODES = {
  running: "r",
  cancelling: "c",
  finished: "f",
} as const satisfies Record<RunPhase, string>;

export const DELIVERY_CODES = {
  pending: "p",
  undelivered: "u",
  delivered: "d",
} as const satisfies Record<Delivery, string>;

/** The word that a letter stands for. */
export function wordOf<Word extends string>(
  codes: Readonly<Record<Word, string>>,
  code: string | undefined,
): Word {
  const word = (Object.keys(codes) as Word[]).find((each) => codes[each] === code);
  if (word === undefined) throw new Error(`a hash of the store holds the unknown code ${code}`);
  return word;
}
