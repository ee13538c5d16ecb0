/** What the SDK takes of the wire contract: the only place where it meets `@loom/core`, errors apart. */
export type {
  Candidate,
  CandidateSubmission,
  CompensateStepRequest,
  DiscoveryCounts,
  DispatchStepRequest,
  DryRunRequest,
  DryRunResult,
  FileDiff,
  FileGroup,
  InputDefinition,
  MigrationAnnouncement,
  StepCompletedEvent,
  StepDefinition,
  StepDryRun,
  StringMap,
} from "@loom/core/wire";
export type { LoomErrorCode } from "@loom/core/errors";
export {
  CandidateSchema,
  CompensateStepRequestSchema,
  DispatchStepRequestSchema,
  DiscoveryCountsSchema,
  DryRunRequestSchema,
  MigrationAnnouncementSchema,
  ProblemSchema,
  parse,
  problemOf,
  StepCompletedEventSchema,
  StepDryRunSchema,
} from "@loom/core/wire";
