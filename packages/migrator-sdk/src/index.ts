export type { Clock, EpochMilliseconds } from "./clock.ts";
export type {
  Candidate,
  CompensateStepRequest,
  DiscoveryCounts,
  DispatchStepRequest,
  FileDiff,
  FileGroup,
  InputDefinition,
  StepCompletedEvent,
  StepDefinition,
  StringMap,
} from "./contract.ts";
export type { ChangesContext, Settlement, StepContext } from "./define/context.ts";
export type { MigrationDefinition, MigrationSource } from "./define/define-migration.ts";
export { defineMigration } from "./define/define-migration.ts";
export type { FileChange, HandlerRetry, StepHandler } from "./define/handler.ts";
export type {
  Discovered,
  DiscoveredCandidate,
  ForeignStep,
  PlannedStep,
  StepPolicy,
} from "./define/plan.ts";
export type { StepResult } from "./define/result.ts";
export { TerminalError } from "./errors.ts";
export type { Handler } from "./http/handler.ts";
export type { Logger, LogFields, LogLine, StepLogger } from "./logger.ts";
export type { LoomConnection } from "./loom/client.ts";
export type { FetchLike } from "./loom/transport.ts";
export type { Migrator } from "./migrator.ts";
export { createMigrator } from "./migrator.ts";
export type { MigratorOptions } from "./options.ts";
export { fileMigratorStore } from "./store/file/file-store.ts";
export { memoryMigratorStore } from "./store/memory.ts";
export type * from "./store/port.ts";
export type { SettleAnswer } from "./waits/settle.ts";
