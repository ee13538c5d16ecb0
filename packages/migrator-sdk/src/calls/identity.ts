import { createHash } from "node:crypto";
import type { CallRef } from "../store/port.ts";

const PART_MAX = 60;

/** What `ctx.key` names. */
export interface StepOfRun {
  readonly migrationId: string;
  readonly candidateId: string;
  readonly runId: string;
  readonly stepName: string;
  readonly attempt: number;
}

/** The same for every try of a step in one attempt of a run, and for its compensation; fit for a git branch. */
export function keyOf({ migrationId, candidateId, runId, stepName, attempt }: StepOfRun): string {
  const name = JSON.stringify([runId, attempt, stepName]);
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 10);
  return `loom/${slug(migrationId)}/${slug(candidateId)}/${slug(stepName)}-${attempt}-${hash}`;
}

/**
 * Whether a call comes late: one of the same run that Loom can only have sent before the other. Of two different steps
 * nobody can tell, so the one that comes later counts as newer.
 */
export function isOlder(call: CallRef, than: CallRef): boolean {
  if (call.attempt !== than.attempt) return call.attempt < than.attempt;
  if (call.kind !== than.kind) return call.kind === "do";
  return call.stepName === than.stepName && call.stepAttempt < than.stepAttempt;
}

function slug(text: string): string {
  const plain = text.replace(/[^A-Za-z0-9_-]+/g, "-").slice(0, PART_MAX);
  return plain.replace(/^-+|-+$/g, "") || "x";
}
