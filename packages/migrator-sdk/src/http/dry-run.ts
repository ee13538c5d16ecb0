import { LoomError } from "@loom/core/errors";
import type { DryRunRequest, DryRunResult, StepDefinition, StepDryRun } from "../contract.ts";
import { DryRunRequestSchema, parse, StepDryRunSchema } from "../contract.ts";
import { changesOf } from "../define/changes.ts";
import { changesContext } from "../define/changes-context.ts";
import type { MigrationDefinition } from "../define/define-migration.ts";
import { handlerKeyOf } from "../define/planner.ts";
import { messageOf, shownError } from "../errors.ts";
import type { Host } from "../host.ts";
import { withFields } from "../logger.ts";

/**
 * Previews steps: the same `changes`, with the same context, as a run. What goes wrong with a step is that step's `error`.
 *
 * @throws LoomError `migration_not_found`, `validation_failed`
 */
export async function dryRun(
  host: Host,
  body: unknown,
  signal: AbortSignal,
): Promise<DryRunResult> {
  const request: DryRunRequest = parse(DryRunRequestSchema, body);
  const definition = host.migrations.get(request.migrationId);
  if (!definition)
    throw new LoomError(
      "migration_not_found",
      `Migrator ${host.app} has no migration "${request.migrationId}".`,
    );
  const steps: StepDryRun[] = [];
  for (const step of request.steps)
    steps.push(await previewStep(host, definition, request, step, signal));
  return { steps };
}

async function previewStep(
  { app, logger }: Host,
  definition: MigrationDefinition,
  request: DryRunRequest,
  step: StepDefinition,
  signal: AbortSignal,
): Promise<StepDryRun> {
  const key = handlerKeyOf(step);
  const handler = definition.handlers.get(key);
  const failed = (error: string) => ({ stepName: step.name, skipped: false, error });
  if (!handler) return failed(`Migrator ${app} has no handler "${key}".`);
  if (!handler.changes) return { stepName: step.name, skipped: true };
  const { migrationId, candidate } = request;
  const log = withFields(logger, {
    migrationId,
    candidateId: candidate.id,
    step: step.name,
    dryRun: true,
  });
  try {
    const context = changesContext({ definition, handler, step, request, signal, log });
    const files = await changesOf(handler, context);
    // Checked here: Loom would refuse the whole preview for the files of one step.
    return parse(StepDryRunSchema, { stepName: step.name, skipped: false, files });
  } catch (error) {
    return failed(shownError(messageOf(error)));
  }
}
