import type { Actor } from "../domain/actor.ts";
import { runIdOf } from "../domain/ids.ts";
import type { MigrationManifest } from "../domain/manifest.ts";
import type { Migration } from "../domain/migration.ts";
import type { StringMap } from "../domain/values.ts";
import type { RunRef } from "../domain/views.ts";
import { LoomError } from "../errors.ts";
import { guardKnownInputs, guardRequiredInputs } from "../guards/inputs.ts";
import { guardStatus } from "../guards/status.ts";
import type { CandidateRecord, CandidateRef } from "../ports/candidate-record.ts";
import { changeStatus } from "./change-status.ts";
import type { UseCaseContext } from "./context.ts";
import { historyOf, needCandidate, needMigration, now } from "./context.ts";
import { deliverClaim, noteUndelivered, undeliveredClaim } from "./deliver-claim.ts";
import { updateInputs } from "./update-inputs.ts";

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
  const seen = await needCandidate(context, ref);
  const left = await undeliveredClaim(context, ref, seen);
  if (left && inputs) await updateInputs(context, ref, inputs, actor);
  const manifest = left ?? (await claim(context, { migration, action, inputs, actor }, ref, seen));
  await deliverClaim(context, manifest);
  return { runId: manifest.runId, attempt: manifest.attempt };
}

/** What a start is asked for. */
interface StartWish {
  readonly migration: Migration;
  readonly action: "start" | "execute";
  readonly inputs: StringMap | undefined;
  readonly actor: Actor;
}

async function claim(
  context: UseCaseContext,
  wish: StartWish,
  ref: CandidateRef,
  seen: CandidateRecord,
): Promise<MigrationManifest> {
  let manifest: MigrationManifest | undefined;
  const decide = (record: CandidateRecord) => {
    const decision = claimOf(wish, record, context.engine);
    const { attempt } = decision.to;
    manifest = { ...decision.claim, inputs: decision.inputs };
    const at = now(context);
    return { ...decision, at, history: historyOf(at, wish.actor, wish.action, ref, attempt) };
  };
  try {
    const change = await changeStatus(context, ref, decide, seen);
    return { ...change.claim, inputs: change.inputs };
  } catch (error) {
    if (manifest && LoomError.is(error, "store_unavailable")) noteUndelivered(context, manifest);
    throw error;
  }
}

function claimOf(
  { migration, action, inputs: given }: StartWish,
  record: CandidateRecord,
  engine: UseCaseContext["engine"],
) {
  guardStatus(action, record);
  const inputs = { ...record.inputs, ...given };
  guardRequiredInputs(migration.requiredInputs, inputs, record.candidate.metadata);
  engine.guardInputs?.(inputs);
  const manifest = manifestOf(migration, record, engine.name);
  const to = { status: "running" as const, attempt: manifest.attempt };
  return { to, inputs, claim: manifest };
}

function manifestOf(
  migration: Migration,
  { candidate, status, attempt }: CandidateRecord,
  engine: string | undefined,
): MigrationManifest {
  return {
    migrationId: migration.id,
    runId: runIdOf(migration.id, candidate.id),
    attempt: status === "queued" ? attempt : attempt + 1,
    candidate,
    steps: candidate.steps ?? migration.steps,
    ...(engine !== undefined && { engine }),
  };
}
