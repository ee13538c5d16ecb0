import type { Actor } from "../domain/actor.ts";
import type { Migration } from "../domain/migration.ts";
import { timestampOf } from "../domain/time.ts";
import type { Timestamp } from "../domain/values.ts";
import type { HistoryAction, HistoryEntry } from "../domain/views.ts";
import { LoomError } from "../errors.ts";
import type { CandidateRecord, CandidateRef } from "../ports/candidate-record.ts";
import type { Clock } from "../ports/clock.ts";
import type { ExecutionEngine } from "../ports/execution-engine.ts";
import type { Logger } from "../ports/logger.ts";
import type { DryRunner } from "../ports/migrator-notifier.ts";
import type { Store } from "../ports/store.ts";

/** What every use case works with. */
export interface UseCaseContext {
  readonly store: Store;
  readonly engine: ExecutionEngine;
  readonly dryRunner: DryRunner;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A new operation token. */
  readonly token: () => string;
  /** Claims that this process could not deliver, in case the store could not be told. */
  readonly undelivered: Set<string>;
}

/** The time now, as people read it. */
export function now({ clock }: UseCaseContext): Timestamp {
  return timestampOf(clock.now());
}

/** @throws LoomError `migration_not_found` */
export async function needMigration(
  { store }: UseCaseContext,
  migrationId: string,
): Promise<Migration> {
  const migration = await store.getMigration(migrationId);
  if (migration) return migration;
  throw migrationNotFound(migrationId);
}

/** @throws LoomError `candidate_not_found`, or `migration_not_found` when that is why */
export async function needCandidate(
  context: UseCaseContext,
  ref: CandidateRef,
): Promise<CandidateRecord> {
  return found(context, ref, await context.store.getCandidate(ref));
}

/** The record, or the error that says why there is none. */
export async function found(
  context: UseCaseContext,
  ref: CandidateRef,
  record: CandidateRecord | null,
): Promise<CandidateRecord> {
  if (record) return record;
  await needMigration(context, ref.migrationId);
  throw new LoomError("candidate_not_found", `There is no candidate ${ref.candidateId}.`);
}

/** The error for a migration that was never announced. */
export function migrationNotFound(migrationId: string): LoomError {
  return new LoomError("migration_not_found", `There is no migration ${migrationId}.`);
}

/** A line of history about an attempt of a candidate. */
export function historyOf(
  at: Timestamp,
  actor: Actor,
  action: HistoryAction,
  { candidateId }: CandidateRef,
  attempt: number,
  details?: HistoryEntry["details"],
): HistoryEntry {
  return { at, actor, action, candidateId, attempt, ...(details && { details }) };
}
