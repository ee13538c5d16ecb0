// The types that the schemas read, for those who may import the contract and nothing else of core.
export type { Candidate, DiscoveryCounts, FileGroup } from "../domain/candidate.ts";
export type { InputDefinition, Migration } from "../domain/migration.ts";
export type * from "../domain/requests.ts";
export type { DispatchRetry, StepDefinition, StepState, StepStatus } from "../domain/step.ts";
export type { StringMap } from "../domain/values.ts";
export {
  CandidateListSchema,
  CandidateSchema,
  CandidateSubmissionSchema,
  DiscoveryCountsSchema,
  DispatchedCandidateSchema,
  FileGroupSchema,
} from "./candidate.ts";
export { CompensateStepRequestSchema, DispatchStepRequestSchema } from "./dispatch.ts";
export {
  DryRunRequestSchema,
  DryRunResultSchema,
  FileDiffSchema,
  StepDryRunSchema,
} from "./dry-run.ts";
export { ReportResultSchema, StepCompletedEventSchema } from "./event.ts";
export {
  CallbackIdSchema,
  CandidateIdSchema,
  MigrationIdSchema,
  RunIdSchema,
  StepNameSchema,
} from "./ids.ts";
export { LIMITS } from "./limits.ts";
export {
  CandidateCountsSchema,
  InputDefinitionSchema,
  MigrationAnnouncementSchema,
  MigrationSchema,
} from "./migration.ts";
export { parse } from "./parse.ts";
export type { Problem } from "./problem.ts";
export { ProblemSchema, problemOf } from "./problem.ts";
export { CandidateQuerySchema, CandidateStatusSchema, ListOptionsSchema } from "./query.ts";
export {
  CancelOptionsSchema,
  InputsUpdateSchema,
  PreviewRequestSchema,
  RetryOptionsSchema,
  StartOptionsSchema,
} from "./requests.ts";
export type {
  Route,
  RouteAction,
  RouteAudience,
  RouteBody,
  RouteSuccess,
} from "./route.ts";
export { BODY_LIMITS } from "./route.ts";
export type { RouteId } from "./routes.ts";
export { routes } from "./routes.ts";
export {
  CancelledAttemptSchema,
  CurrentStepSchema,
  RunDetailSchema,
  RunRefSchema,
  StepFailureSchema,
  StepStateSchema,
} from "./run-views.ts";
export { DispatchRetrySchema, PlanSchema, StepDefinitionSchema, StepStatusSchema } from "./step.ts";
export { MergedStringMapSchema, StringMapSchema } from "./string-map.ts";
export { MigratorUrlSchema } from "./url.ts";
export {
  ActorSchema,
  CancelledAttemptPageSchema,
  CandidatePageSchema,
  CandidateWithStatusSchema,
  HealthSchema,
  HistoryEntrySchema,
  HistoryPageSchema,
  MigrationDetailSchema,
  MigrationListSchema,
  MigrationWithCountsSchema,
} from "./views.ts";
