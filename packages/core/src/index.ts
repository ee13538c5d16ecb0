export { consoleLogger, systemClock } from "./defaults.ts";
export type { Actor } from "./domain/actor.ts";
export type {
  Candidate,
  CandidateStatus,
  DiscoveryCounts,
  FileGroup,
} from "./domain/candidate.ts";
export { byCodePoint } from "./domain/code-points.ts";
export { CALLBACK_PREFIX, parseRunId, runIdOf } from "./domain/ids.ts";
export type { MigrationManifest } from "./domain/manifest.ts";
export type { CandidateCounts, InputDefinition, Migration } from "./domain/migration.ts";
export type * from "./domain/requests.ts";
export type * from "./domain/run.ts";
export type * from "./domain/step.ts";
export type { EpochMilliseconds, StringMap, Timestamp } from "./domain/values.ts";
export type * from "./domain/views.ts";
export type { LoomErrorCode, LoomErrorDetails, ValidationIssue } from "./errors.ts";
export { LOOM_ERRORS, LoomError } from "./errors.ts";
export type { LoomOptions } from "./loom.ts";
export { createLoom } from "./loom.ts";
export type * from "./loom-api.ts";
export type * from "./ports/candidate-record.ts";
export type { Clock } from "./ports/clock.ts";
export type { EngineHost, EngineRun, ExecutionEngine } from "./ports/execution-engine.ts";
export type { HistoryStore } from "./ports/history.ts";
export type { LogFields, Logger } from "./ports/logger.ts";
export type * from "./ports/migration-store.ts";
export type * from "./ports/migrator-notifier.ts";
export type * from "./ports/page.ts";
export type * from "./ports/registration.ts";
export type * from "./ports/run-store.ts";
export type * from "./ports/status-change.ts";
export type { Store } from "./ports/store.ts";
