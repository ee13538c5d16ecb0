import type { Candidate } from "../domain/candidate.ts";
import { withInputs } from "../domain/inputs.ts";
import type { Migration } from "../domain/migration.ts";
import type { DryRunResult, FileDiff, StepDryRun } from "../domain/requests.ts";
import { withoutSecrets } from "../domain/secrets.ts";
import type { StepDefinition } from "../domain/step.ts";
import type { StringMap } from "../domain/values.ts";
import { LoomError } from "../errors.ts";
import { guardKnownInputs } from "../guards/inputs.ts";
import { addressOf } from "../ports/address.ts";
import type { CandidateRef } from "../ports/candidate-record.ts";
import type { MigratorAddress } from "../ports/migrator-notifier.ts";
import type { UseCaseContext } from "./context.ts";
import { migrationNotFound, needCandidate, needMigration } from "./context.ts";

/** What the steps would do to a stored candidate with its inputs and these. */
export async function dryRun(
  context: UseCaseContext,
  ref: CandidateRef,
  given: StringMap | undefined,
): Promise<DryRunResult> {
  const migration = await needMigration(context, ref.migrationId);
  const { candidate, inputs } = await needCandidate(context, ref);
  guardKnownInputs(migration.requiredInputs, given);
  return preview(context, migration, candidate, { ...inputs, ...given });
}

/** The same for a candidate that is not stored. */
export async function previewCandidate(
  context: UseCaseContext,
  migrationId: string,
  candidate: Candidate,
  given: StringMap = {},
): Promise<DryRunResult> {
  const migration = await needMigration(context, migrationId);
  guardKnownInputs(migration.requiredInputs, given);
  return preview(context, migration, candidate, given);
}

async function preview(
  context: UseCaseContext,
  { id: migrationId, steps: planned, requiredInputs }: Migration,
  candidate: Candidate,
  inputs: StringMap,
): Promise<DryRunResult> {
  const plan = candidate.steps ?? planned;
  const shown = withInputs(candidate, inputs);
  const groups = await byAddress(context, migrationId, plan);
  const blot = (text: string) => withoutSecrets(text, requiredInputs, inputs);
  const answers = await Promise.all(
    groups.map(async ({ to, steps }) => {
      const asked = { migrationId, candidate: shown, steps, inputs };
      const answer = await context.dryRunner.dryRun(to, asked).catch((error: unknown) => {
        throw blottedError(error, blot);
      });
      return answersTo(steps, answer);
    }),
  );
  const found = new Map(answers.flat());
  return { steps: plan.map(({ name }) => blottedStep(found.get(name) ?? notAnswered(name), blot)) };
}

type Blot = (text: string) => string;

/** What the migrator said is told to the operator: not so the secrets that it may quote. */
function blottedError(error: unknown, blot: Blot): unknown {
  if (!LoomError.is(error)) return error;
  const { code, message, details, cause } = error;
  return new LoomError(code, blot(message), { details, cause });
}

function blottedStep({ error, files, ...step }: StepDryRun, blot: Blot): StepDryRun {
  return {
    ...step,
    ...(error !== undefined && { error: blot(error) }),
    ...(files && { files: files.map((file) => blottedFile(file, blot)) }),
  };
}

function blottedFile({ before, after, ...file }: FileDiff, blot: Blot): FileDiff {
  return {
    ...file,
    ...(before !== undefined && { before: blot(before) }),
    ...(after !== undefined && { after: blot(after) }),
  };
}

/** An app speaks for the steps that it was asked about, and for no others. */
function answersTo(
  asked: readonly StepDefinition[],
  { steps }: DryRunResult,
): (readonly [string, StepDryRun])[] {
  const names = new Set(asked.map(({ name }) => name));
  return steps.filter(({ stepName }) => names.has(stepName)).map((step) => [step.stepName, step]);
}

interface Group {
  readonly to: MigratorAddress;
  readonly steps: StepDefinition[];
}

async function byAddress(
  { store }: UseCaseContext,
  migrationId: string,
  plan: readonly StepDefinition[],
): Promise<Group[]> {
  const groups = new Map<string, Group>();
  for (const step of plan) {
    const to = await addressOf(store, migrationId, step);
    if (!to) throw migrationNotFound(migrationId);
    const group = groups.get(to.app) ?? { to, steps: [] };
    group.steps.push(step);
    groups.set(to.app, group);
  }
  return [...groups.values()];
}

function notAnswered(stepName: string): StepDryRun {
  return { stepName, skipped: true };
}
