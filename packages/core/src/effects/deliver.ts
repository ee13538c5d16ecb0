import { withInputs } from "../domain/inputs.ts";
import type { MigrationManifest } from "../domain/manifest.ts";
import type { DispatchStepRequest } from "../domain/requests.ts";
import { withoutSecrets } from "../domain/secrets.ts";
import { addressOf } from "../ports/address.ts";
import type { CallbackIds } from "../ports/callback-ids.ts";
import type { EngineHost } from "../ports/execution-engine.ts";
import type { MigrationStore } from "../ports/migration-store.ts";
import type { CallOutcome, MigratorAddress, MigratorNotifier } from "../ports/migrator-notifier.ts";
import type { CompensateStep, DispatchStep } from "../run/command-types.ts";

type Call = DispatchStep | CompensateStep;

/** What a delivery needs besides the command. */
export interface Delivering {
  readonly store: Pick<MigrationStore, "findMigrator" | "getMigration">;
  readonly migrators: MigratorNotifier;
  readonly callbacks: CallbackIds;
  /** Where migrators reach Loom, without a trailing slash; no `callbackUrl` is sent without it. */
  readonly publicUrl?: string;
}

/** One call to the migrator that is registered at this moment: the only place where a dispatch is put together. */
export function createDeliver(delivering: Delivering): EngineHost["deliver"] {
  const { store, migrators } = delivering;
  return async (manifest, command) => {
    const to = await addressOf(store, manifest.migrationId, command.step);
    if (!to) return { type: "refused", error: "The migration is no longer registered." };
    const request = await requestOf(delivering, manifest, command, to);
    const outcome = await send(migrators, to, request, command);
    return outcome.type === "accepted" ? outcome : blotted(store, manifest, command, outcome);
  };
}

function send(
  migrators: MigratorNotifier,
  to: MigratorAddress,
  request: DispatchStepRequest,
  command: Call,
): Promise<CallOutcome> {
  if (command.type === "dispatch_step") return migrators.dispatchStep(to, request);
  const { stepStatus, stepMetadata } = command;
  return migrators.compensateStep(to, { ...request, stepStatus, stepMetadata });
}

/** What went wrong is shown to operators: not so the secrets that it may quote. */
async function blotted<O extends { readonly error: string }>(
  store: Delivering["store"],
  { migrationId }: MigrationManifest,
  { inputs }: Call,
  outcome: O,
): Promise<O> {
  const migration = await store.getMigration(migrationId);
  return {
    ...outcome,
    error: withoutSecrets(outcome.error, migration?.requiredInputs ?? [], inputs),
  };
}

async function requestOf(
  { callbacks, publicUrl }: Delivering,
  { migrationId, runId, attempt, candidate }: MigrationManifest,
  { id, call, step, inputs }: Call,
  to: MigratorAddress,
): Promise<DispatchStepRequest> {
  const callbackId = await callbacks.issue({ runId, call });
  return {
    migrationId,
    runId,
    stepName: step.name,
    candidate: withInputs(candidate, inputs),
    ...(step.type !== undefined && { type: step.type }),
    ...(step.config && { config: step.config }),
    callbackId,
    ...(publicUrl !== undefined && { callbackUrl: `${publicUrl}/event/${callbackId}` }),
    eventName: `step-completed:${step.name}`,
    migratorApp: to.app,
    migratorUrl: to.url,
    dispatchId: id,
    attempt,
    stepAttempt: call.number,
    inputs,
  };
}
