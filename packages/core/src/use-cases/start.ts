import type { Actor } from "../domain/actor.ts";
import { runIdOf } from "../domain/ids.ts";
import type { MigrationManifest } from "../domain/manifest.ts";
import type { Migration } from "../domain/migration.ts";
import type { StringMap } from "../domain/values.ts";
import type { RunRef } from "../domain/views.ts";
import { guardKnownInputs, guardRequiredInputs } from "../guards/inputs.ts";
import { guardStatus } from "../guards/status.ts";
import type { CandidateRecord, CandidateRef } from "../ports/candidate-record.ts";
import { changeStatus } from "./change-status.ts";
import type { UseCaseContext } from "./context.ts";
import { historyOf, needCandidate, needMigration, now } from "./context.ts";
import { deliverClaim, undeliveredClaim } from "./deliver-claim.ts";

/**
 * Claims the candidate (status and run record in one write) and gives the run to the engine. `start` also takes one that
 * is not queued. A claim that never reached the engine is driven on instead of refused.
 */
export async function start(
  context: UseCaseContext,
  action: "start" | "execute",
  ref: CandidateRef,
  inputs: StringMap | undefined,
  actor: Actor,
): Promise<RunRef> {
  const migration = await needMigration(context, ref.migrationId);
  guardKnownInputs(migration.requiredInputs, inputs);
  const left = await undeliveredClaim(context, ref, await needCandidate(context, ref));
  const manifest = left ?? (await claim(context, migration, action, ref, inputs, actor));
  await deliverClaim(context, manifest);
  return { runId: manifest.runId, attempt: manifest.attempt };
}

async function claim(
  context: UseCaseContext,
  migration: Migration,
  action: "start" | "execute",
  ref: CandidateRef,
  given: StringMap | undefined,
  actor: Actor,
): Promise<MigrationManifest> {
  const change = await changeStatus(context, ref, (record) => {
    guardStatus(action, record);
    const inputs = { ...record.inputs, ...given };
    guardRequiredInputs(migration.requiredInputs, inputs, record.candidate.metadata);
    const manifest = manifestOf(migration, record, inputs);
    const at = now(context);
    return {
      to: { status: "running", attempt: manifest.attempt },
      at,
      inputs,
      claim: manifest,
      history: historyOf(at, actor, action, ref, manifest.attempt),
    };
  });
  return change.claim;
}

function manifestOf(
  migration: Migration,
  { candidate, status, attempt }: CandidateRecord,
  inputs: StringMap,
): MigrationManifest {
  return {
    migrationId: migration.id,
    runId: runIdOf(migration.id, candidate.id),
    attempt: status === "queued" ? attempt : attempt + 1,
    candidate,
    steps: candidate.steps ?? migration.steps,
    inputs,
  };
}
