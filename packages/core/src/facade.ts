import type { Actor } from "./domain/actor.ts";
import { CALLBACK_PREFIX } from "./domain/ids.ts";
import type { StepCompletedEvent } from "./domain/requests.ts";
import { LoomError } from "./errors.ts";
import type { Loom } from "./loom-api.ts";
import type { CallbackIds } from "./ports/callback-ids.ts";
import type { CandidateRef } from "./ports/candidate-record.ts";
import { announce } from "./use-cases/announce.ts";
import { cancel } from "./use-cases/cancel.ts";
import type { UseCaseContext } from "./use-cases/context.ts";
import { needMigration } from "./use-cases/context.ts";
import { dryRun, previewCandidate } from "./use-cases/dry-run.ts";
import { dequeue, queue } from "./use-cases/queue.ts";
import {
  listCandidates,
  listHistory,
  readCandidate,
  readMigration,
  readSteps,
} from "./use-cases/read.ts";
import { recover } from "./use-cases/recover.ts";
import { reportByCallback, reportByOperator } from "./use-cases/report-step.ts";
import { retryStep } from "./use-cases/retry-step.ts";
import { start } from "./use-cases/start.ts";
import { submitCandidates } from "./use-cases/submit-candidates.ts";
import { updateInputs } from "./use-cases/update-inputs.ts";
import {
  CancelOptionsSchema,
  CandidateQuerySchema,
  CandidateSubmissionSchema,
  InputsUpdateSchema,
  ListOptionsSchema,
  MigrationAnnouncementSchema,
  PreviewRequestSchema,
  parse,
  RetryOptionsSchema,
  StartOptionsSchema,
  StepCompletedEventSchema,
} from "./wire/index.ts";
import {
  ActingSchema,
  CandidateRefSchema,
  MigrationRefSchema,
  ReportRefSchema,
} from "./wire/requests.ts";

/** Who acts when a caller in the same process does not say. */
const IN_PROCESS: Actor = { id: "in-process" };

/** The actions of a Loom: each checks its arguments by the contract's schemas and hands them to its use case. */
export type LoomActions = Omit<Loom, "open" | "close" | "ready">;

/** The one place where arguments are checked, for HTTP and for callers in the same process alike. */
export function createActions(context: UseCaseContext, callbacks: CallbackIds): LoomActions {
  return {
    ...migratorActions(context, callbacks),
    ...readActions(context),
    ...runActions(context),
  };
}

function migratorActions(context: UseCaseContext, callbacks: CallbackIds) {
  return {
    announce: async (announcement, actor?) =>
      announce(context, parse(MigrationAnnouncementSchema, announcement), by(actor)),
    submitCandidates: async (migrationId, submission, actor?) =>
      submitCandidates(
        context,
        checkId(migrationId),
        parse(CandidateSubmissionSchema, submission),
        by(actor),
      ),
    async reportStep(given, event, actor?) {
      const { id } = parse(ReportRefSchema, { id: given });
      const checked: StepCompletedEvent = parse(StepCompletedEventSchema, event);
      if (!id.startsWith(CALLBACK_PREFIX)) return reportByOperator(context, id, checked, by(actor));
      const target = await callbacks.read(id);
      if (!target) throw new LoomError("unauthenticated", "The callback id is not one of ours.");
      return reportByCallback(context, target, checked);
    },
    recover: () => recover(context),
  } satisfies Partial<LoomActions>;
}

function readActions(context: UseCaseContext) {
  const { store } = context;
  return {
    listMigrations: () => store.listMigrations(),
    getMigration: async (id) => readMigration(context, checkId(id)),
    listCandidates: async (id, query = {}) =>
      listCandidates(context, checkId(id), parse(CandidateQuerySchema, query)),
    getCandidate: async (ref) => readCandidate(context, checkRef(ref)),
    getSteps: async (ref) => readSteps(context, checkRef(ref)),
    async listCancelledAttempts(id, options = {}) {
      const migrationId = await checkMigration(context, id);
      const page = parse(ListOptionsSchema, options);
      const { items, ...rest } = await store.listCancelledAttempts(migrationId, page);
      return { cancelledAttempts: items, ...rest };
    },
    listHistory: async (id, options = {}) =>
      listHistory(context, await checkMigration(context, id), parse(ListOptionsSchema, options)),
  } satisfies Partial<LoomActions>;
}

function runActions(context: UseCaseContext) {
  return {
    queue: async (ref, options = {}, actor?) =>
      queue(context, checkRef(ref), parse(StartOptionsSchema, options).inputs, by(actor)),
    dequeue: async (ref, actor?) => dequeue(context, checkRef(ref), by(actor)),
    execute: async (ref, options = {}, actor?) =>
      start(
        context,
        "execute",
        checkRef(ref),
        parse(StartOptionsSchema, options).inputs,
        by(actor),
      ),
    start: async (ref, options = {}, actor?) =>
      start(context, "start", checkRef(ref), parse(StartOptionsSchema, options).inputs, by(actor)),
    cancel: async (ref, options = {}, actor?) =>
      cancel(context, checkRef(ref), parse(CancelOptionsSchema, options), by(actor)),
    retryStep: async (ref, options, actor?) =>
      retryStep(context, checkRef(ref), parse(RetryOptionsSchema, options), by(actor)),
    updateInputs: async (ref, inputs, actor?) =>
      updateInputs(context, checkRef(ref), parse(InputsUpdateSchema, { inputs }).inputs, by(actor)),
    dryRun: async (ref, options = {}) =>
      dryRun(context, checkRef(ref), parse(StartOptionsSchema, options).inputs),
    async previewCandidate(migrationId, preview) {
      const id = checkId(migrationId);
      const { candidate, inputs } = parse(PreviewRequestSchema, preview);
      return previewCandidate(context, id, candidate, inputs);
    },
  } satisfies Partial<LoomActions>;
}

/** Who acts, checked like everything else. */
function by(actor: Actor = IN_PROCESS): Actor {
  const { id, name } = parse(ActingSchema, { actor }).actor;
  return { id, ...(name !== undefined && { name }) };
}

function checkRef(ref: CandidateRef): CandidateRef {
  return parse(CandidateRefSchema, ref);
}

/** By its name, so that the message says which field is wrong. */
function checkId(migrationId: string): string {
  return parse(MigrationRefSchema, { migrationId }).migrationId;
}

async function checkMigration(context: UseCaseContext, migrationId: string): Promise<string> {
  return (await needMigration(context, checkId(migrationId))).id;
}
