import { LOOM_ACTOR } from "../domain/actor.ts";
import { runIdOf } from "../domain/ids.ts";
import type { Migration } from "../domain/migration.ts";
import type {
  CandidatePage,
  CandidateQuery,
  CandidateWithStatus,
  HistoryEntry,
  HistoryPage,
  MigrationDetail,
  RunDetail,
} from "../domain/views.ts";
import { LoomError } from "../errors.ts";
import { missingInputs } from "../guards/inputs.ts";
import type { CandidateRecord, CandidateRef } from "../ports/candidate-record.ts";
import type { PageRequest } from "../ports/page.ts";
import type { UseCaseContext } from "./context.ts";
import { needCandidate, needMigration } from "./context.ts";

const ATTEMPTS_SHOWN = 50;

/** A migration with its counts and its last cancelled attempts. */
export async function readMigration(
  context: UseCaseContext,
  migrationId: string,
): Promise<MigrationDetail> {
  const migration = await needMigration(context, migrationId);
  const [counts, { items: cancelledAttempts }] = await Promise.all([
    context.store.countCandidates(migrationId),
    context.store.listCancelledAttempts(migrationId, { limit: ATTEMPTS_SHOWN }),
  ]);
  return { ...migration, counts, cancelledAttempts };
}

/** A page of the candidates that a query selects. */
export async function listCandidates(
  context: UseCaseContext,
  migrationId: string,
  query: CandidateQuery & { readonly limit: number },
): Promise<CandidatePage> {
  const migration = await needMigration(context, migrationId);
  const { items, nextCursor } = await context.store.listCandidates(migrationId, query);
  return {
    candidates: items.map((record) => viewOf(migration, record)),
    ...(nextCursor !== undefined && { nextCursor }),
  };
}

/** One candidate and where it stands. */
export async function readCandidate(
  context: UseCaseContext,
  ref: CandidateRef,
): Promise<CandidateWithStatus> {
  const migration = await needMigration(context, ref.migrationId);
  return viewOf(migration, await needCandidate(context, ref));
}

/** The latest attempt that was started. @throws LoomError `run_not_found` */
export async function readSteps(context: UseCaseContext, ref: CandidateRef): Promise<RunDetail> {
  const record = await needCandidate(context, ref);
  const run = await context.store.getRun(ref);
  if (!run) throw new LoomError("run_not_found", `There has been no run of ${ref.candidateId}.`);
  const isLive = record.status === "running" && record.attempt === run.attempt;
  return {
    runId: run.manifest.runId,
    attempt: run.attempt,
    status: record.status,
    phase: isLive ? run.phase : "finished",
    plan: run.manifest.steps,
    steps: run.progress?.steps ?? [],
    compensations: run.progress?.compensations ?? [],
  };
}

function viewOf(migration: Migration, record: CandidateRecord): CandidateWithStatus {
  const { candidate, status, attempt, updatedAt } = record;
  return {
    ...candidate,
    status,
    updatedAt,
    ...(attempt > 0 && { runId: runIdOf(migration.id, candidate.id), attempt }),
    ...(status === "running" && liveView(record)),
    ...missingView(migration, record),
  };
}

function liveView({ run }: CandidateRecord): Partial<CandidateWithStatus> {
  if (!run || run.phase === "finished") return {};
  return { phase: run.phase, ...(run.currentStep && { currentStep: run.currentStep }) };
}

function missingView(
  { requiredInputs }: Migration,
  { status, inputs, candidate }: CandidateRecord,
): Partial<CandidateWithStatus> {
  if (status !== "not_started" && status !== "queued") return {};
  const missing = missingInputs(requiredInputs, inputs, candidate.metadata);
  return missing.length > 0 ? { missingInputs: missing } : {};
}

/** A page of history. What an action caused at the same moment is later than the action, though it may be written sooner. */
export async function listHistory(
  { store }: UseCaseContext,
  migrationId: string,
  page: PageRequest,
): Promise<HistoryPage> {
  const { items, ...rest } = await store.listHistory(migrationId, page);
  return { history: items.toSorted(latestFirst), ...rest };
}

function latestFirst(a: HistoryEntry, b: HistoryEntry): number {
  if (a.at !== b.at) return a.at < b.at ? 1 : -1;
  return Number(b.actor.id === LOOM_ACTOR.id) - Number(a.actor.id === LOOM_ACTOR.id);
}
