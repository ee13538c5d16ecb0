import type { MigrationManifest } from "../domain/manifest.ts";
import { LoomError } from "../errors.ts";
import type { CandidateRecord, CandidateRef } from "../ports/candidate-record.ts";
import type { Answer } from "../run/events.ts";
import { closeGoneRun } from "./close-gone-run.ts";
import type { UseCaseContext } from "./context.ts";
import { now } from "./context.ts";
import { guardHome } from "./home.ts";

/** How long a claim may wait for its engine before anybody drives it on, in milliseconds: longer than any engine's call. */
const PATIENCE_MS = 60_000;

/**
 * Gives a claimed run to the engine; a repetition is harmless.
 *
 * @throws LoomError `engine_unavailable`; the claim stays, marked, for the same start again and for the recovery.
 *   `payload_too_large` when the engine will never take it; the attempt is closed then
 */
export async function deliverClaim(
  context: UseCaseContext,
  manifest: MigrationManifest,
): Promise<void> {
  guardHome(context, manifest);
  try {
    await context.engine.startRun(manifest);
    context.undelivered.delete(keyOf(manifest));
  } catch (cause) {
    if (LoomError.is(cause, "payload_too_large")) await closeUntaken(context, manifest, cause);
    else await markUndelivered(context, manifest, cause);
    if (LoomError.is(cause)) throw cause;
    const message = "The run is claimed but the engine could not be reached; start it again.";
    throw new LoomError("engine_unavailable", message, { cause });
  }
}

/** The manifest of a claim that its engine has not got and that nobody is delivering now; `undefined` otherwise. */
export async function undeliveredClaim(
  context: UseCaseContext,
  ref: CandidateRef,
  record: CandidateRecord,
): Promise<MigrationManifest | undefined> {
  const { run } = record;
  if (record.status !== "running" || run?.phase !== "running" || run.delivery === "delivered")
    return undefined;
  const manifest = await claimedManifest(context, ref, record);
  if (!manifest || context.undelivered.has(keyOf(manifest))) return manifest;
  const age = context.clock.now() - Date.parse(run.claimedAt);
  return run.delivery === "undelivered" || age >= PATIENCE_MS ? manifest : undefined;
}

/**
 * Tells the engine something about a running candidate. A claim that never reached the engine is given to it first, so that
 * one place looks after every live run.
 */
export async function tellEngine(
  context: UseCaseContext,
  ref: CandidateRef,
  record: CandidateRecord,
  tell: () => Promise<Answer>,
): Promise<Answer> {
  const answer = await tell();
  if (answer !== "not_running") return answer;
  const manifest = await claimedManifest(context, ref, record);
  if (!manifest) return answer;
  guardHome(context, manifest);
  if (record.run?.delivery === "delivered") return answer;
  await deliverClaim(context, manifest);
  return tell();
}

/** The manifest of the claim that a candidate stands at, with the inputs that are now the candidate's. */
export async function claimedManifest(
  { store }: UseCaseContext,
  ref: CandidateRef,
  { attempt, inputs }: CandidateRecord,
): Promise<MigrationManifest | undefined> {
  const run = await store.getRun(ref);
  return run?.attempt === attempt ? { ...run.manifest, inputs } : undefined;
}

/** A claim that may have been written though its reply was lost: the same start again drives it on. */
export function noteUndelivered(context: UseCaseContext, manifest: MigrationManifest): void {
  context.undelivered.add(keyOf(manifest));
}

/** What its engine will never take must not keep the candidate: it may be started again, with less. */
async function closeUntaken(
  context: UseCaseContext,
  manifest: MigrationManifest,
  { message: reason }: LoomError,
): Promise<void> {
  const { migrationId, candidate, attempt } = manifest;
  const ref = { migrationId, candidateId: candidate.id };
  try {
    await closeGoneRun(context, ref, attempt, { at: now(context), reason });
    context.undelivered.delete(keyOf(manifest));
  } catch (error) {
    await markUndelivered(context, manifest, error);
  }
}

/** Marked in the store for every process, and here for when the store is what cannot be reached. */
async function markUndelivered(
  context: UseCaseContext,
  manifest: MigrationManifest,
  cause: unknown,
): Promise<void> {
  const { store, logger } = context;
  const { migrationId, candidate, runId, attempt } = manifest;
  logger.warn({ runId, attempt, err: cause }, "a claimed run could not be given to the engine");
  noteUndelivered(context, manifest);
  try {
    await store.markUndelivered({ migrationId, candidateId: candidate.id }, attempt);
  } catch (err) {
    logger.warn({ runId, attempt, err }, "its mark could not be written");
  }
}

function keyOf({ runId, attempt }: MigrationManifest): string {
  return `${attempt} ${runId}`;
}
