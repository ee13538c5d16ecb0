import type { Actor } from "../domain/actor.ts";
import { runIdOf } from "../domain/ids.ts";
import type { StringMap } from "../domain/values.ts";
import { LoomError } from "../errors.ts";
import { guardKnownInputs } from "../guards/inputs.ts";
import { guardStatus } from "../guards/status.ts";
import type { CandidateRecord, CandidateRef } from "../ports/candidate-record.ts";
import type { UseCaseContext } from "./context.ts";
import { historyOf, needCandidate, needMigration, now } from "./context.ts";
import { tellEngine } from "./deliver-claim.ts";
import { recordHistory } from "./record-history.ts";

/** Merges inputs into those of a queued candidate, or of a running one, which takes them at its next dispatch. */
export async function updateInputs(
  context: UseCaseContext,
  ref: CandidateRef,
  inputs: StringMap,
  actor: Actor,
): Promise<void> {
  const { requiredInputs } = await needMigration(context, ref.migrationId);
  guardKnownInputs(requiredInputs, inputs);
  const record = await saveMerged(context, ref, inputs);
  if (record.status === "running") await tellRun(context, ref, record, inputs);
  const details = { inputs: Object.keys(inputs).join(", ") };
  const entry = historyOf(now(context), actor, "update_inputs", ref, record.attempt, details);
  await recordHistory(context, ref.migrationId, entry);
}

async function saveMerged(
  context: UseCaseContext,
  ref: CandidateRef,
  inputs: StringMap,
): Promise<CandidateRecord> {
  for (;;) {
    const record = await needCandidate(context, ref);
    guardStatus("update-inputs", record);
    const merged = { ...record.inputs, ...inputs };
    context.engine.guardInputs?.(merged);
    if (await context.store.saveInputs(ref, record, merged)) return { ...record, inputs: merged };
  }
}

async function tellRun(
  context: UseCaseContext,
  ref: CandidateRef,
  record: CandidateRecord,
  inputs: StringMap,
): Promise<void> {
  const { attempt } = record;
  const runId = runIdOf(ref.migrationId, ref.candidateId);
  const event = { type: "inputs_updated", attempt, inputs, at: now(context) } as const;
  const answer = await tellEngine(context, ref, record, () =>
    context.engine.raiseEvent(runId, attempt, event),
  );
  if (answer === "accepted") return;
  throw new LoomError("invalid_transition", "The run has just ended.", {
    details: { from: "running", action: "update-inputs" },
  });
}
