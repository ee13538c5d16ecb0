import type { Actor } from "../domain/actor.ts";
import { runIdOf } from "../domain/ids.ts";
import type { StringMap } from "../domain/values.ts";
import type { RunRef } from "../domain/views.ts";
import { guardKnownInputs } from "../guards/inputs.ts";
import { guardStatus } from "../guards/status.ts";
import type { CandidateRef } from "../ports/candidate-record.ts";
import { changeStatus } from "./change-status.ts";
import type { UseCaseContext } from "./context.ts";
import { historyOf, needMigration, now } from "./context.ts";

/** not_started → queued: takes the next attempt for a run that is not started yet. */
export async function queue(
  context: UseCaseContext,
  ref: CandidateRef,
  inputs: StringMap | undefined,
  actor: Actor,
): Promise<RunRef> {
  const { requiredInputs } = await needMigration(context, ref.migrationId);
  const { to } = await changeStatus(context, ref, (record) => {
    guardStatus("queue", record);
    guardKnownInputs(requiredInputs, inputs);
    context.engine.guardInputs?.({ ...record.inputs, ...inputs });
    const at = now(context);
    const attempt = record.attempt + 1;
    return {
      to: { status: "queued", attempt },
      at,
      inputs: inputs ?? {},
      history: historyOf(at, actor, "queue", ref, attempt),
    };
  });
  return { runId: runIdOf(ref.migrationId, ref.candidateId), attempt: to.attempt };
}

/** queued → not_started, without a record but in history. The attempt number is spent. */
export async function dequeue(
  context: UseCaseContext,
  ref: CandidateRef,
  actor: Actor,
): Promise<void> {
  await changeStatus(context, ref, (record) => {
    guardStatus("dequeue", record);
    const at = now(context);
    const { attempt } = record;
    return {
      to: { status: "not_started", attempt },
      at,
      inputs: {},
      history: historyOf(at, actor, "dequeue", ref, attempt),
    };
  });
}
