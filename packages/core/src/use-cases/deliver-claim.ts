import type { MigrationManifest } from "../domain/manifest.ts";
import { LoomError } from "../errors.ts";
import type { CandidateRecord, CandidateRef } from "../ports/candidate-record.ts";
import type { UseCaseContext } from "./context.ts";

/** How long a claim may wait for its engine before anybody drives it on, in milliseconds: longer than any engine's call. */
const PATIENCE_MS = 60_000;

/**
 * Gives a claimed run to the engine; a repetition is harmless.
 *
 * @throws LoomError `engine_unavailable`; the claim stays, marked, for the same start again and for the recovery
 */
export async function deliverClaim(
  { store, engine, logger }: UseCaseContext,
  manifest: MigrationManifest,
): Promise<void> {
  try {
    await engine.startRun(manifest);
  } catch (cause) {
    const { migrationId, candidate, runId, attempt } = manifest;
    logger.warn({ runId, attempt, err: cause }, "a claimed run could not be given to the engine");
    await store.markUndelivered({ migrationId, candidateId: candidate.id }, attempt);
    if (LoomError.is(cause)) throw cause;
    const message = "The run is claimed but the engine could not be reached; start it again.";
    throw new LoomError("engine_unavailable", message, { cause });
  }
}

/** The manifest of a claim that its engine has not got and that nobody is delivering now; `undefined` otherwise. */
export async function undeliveredClaim(
  { store, clock }: UseCaseContext,
  ref: CandidateRef,
  { status, run }: CandidateRecord,
): Promise<MigrationManifest | undefined> {
  if (status !== "running" || !run || run.delivery === "delivered") return undefined;
  const age = clock.now() - Date.parse(run.claimedAt);
  if (run.delivery === "pending" && age < PATIENCE_MS) return undefined;
  const record = await store.getRun(ref);
  return record?.attempt === run.attempt ? record.manifest : undefined;
}
