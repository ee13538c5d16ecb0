import { expectTypeOf, test } from "vitest";
import type * as z from "zod";
import type { Actor } from "../domain/actor.ts";
import type { Candidate, DiscoveryCounts, FileGroup } from "../domain/candidate.ts";
import type { InputDefinition, Migration } from "../domain/migration.ts";
import type * as requests from "../domain/requests.ts";
import type { CancelledAttempt, CurrentStep } from "../domain/run.ts";
import type * as steps from "../domain/step.ts";
import type * as views from "../domain/views.ts";
import type * as api from "../loom-api.ts";
import type * as wire from "./index.ts";

/** Without `readonly`, which zod does not write; everything else must be the same to the last `?`. */
type Plain<T> = T extends string | number | boolean
  ? T
  : { -readonly [K in keyof T]: Plain<Exclude<T[K], undefined>> };

type Wire = typeof wire;
type Read<K extends keyof Wire> = Wire[K] extends z.ZodType<infer T> ? Plain<T> : never;

interface Pairs {
  ActorSchema: Actor;
  CandidateSchema: Candidate;
  DispatchedCandidateSchema: Candidate;
  FileGroupSchema: FileGroup;
  DiscoveryCountsSchema: DiscoveryCounts;
  InputDefinitionSchema: InputDefinition;
  MigrationSchema: Migration;
  MigrationAnnouncementSchema: requests.MigrationAnnouncement;
  CandidateSubmissionSchema: requests.CandidateSubmission;
  StepCompletedEventSchema: requests.StepCompletedEvent;
  ReportResultSchema: requests.ReportResult;
  DispatchStepRequestSchema: requests.DispatchStepRequest;
  CompensateStepRequestSchema: requests.CompensateStepRequest;
  DryRunRequestSchema: requests.DryRunRequest;
  DryRunResultSchema: requests.DryRunResult;
  StepDefinitionSchema: steps.StepDefinition;
  StepStatusSchema: steps.StepStatus;
  StepStateSchema: steps.StepState;
  CurrentStepSchema: CurrentStep;
  CancelledAttemptSchema: CancelledAttempt;
  MigrationWithCountsSchema: views.MigrationWithCounts;
  MigrationDetailSchema: views.MigrationDetail;
  CandidateWithStatusSchema: views.CandidateWithStatus;
  CandidatePageSchema: views.CandidatePage;
  RunDetailSchema: views.RunDetail;
  RunRefSchema: views.RunRef;
  HistoryPageSchema: views.HistoryPage;
  CancelledAttemptPageSchema: views.CancelledAttemptPage;
  StartOptionsSchema: api.StartOptions;
  CancelOptionsSchema: api.CancelOptions;
  RetryOptionsSchema: api.RetryOptions;
  ProblemSchema: wire.Problem;
}

type AsRead = { [K in keyof Pairs]: Read<K> };
type AsMeant = { [K in keyof Pairs]: Plain<Pairs[K]> };

test("what is read has the types of the domain, field by field", () => {
  expectTypeOf<AsRead>().toEqualTypeOf<AsMeant>();
});

test("a query that is read always has a limit", () => {
  expectTypeOf<Read<"CandidateQuerySchema">>().toExtend<views.CandidateQuery>();
  expectTypeOf<Read<"ListOptionsSchema">>().toExtend<api.ListOptions>();
  expectTypeOf<Read<"CandidateQuerySchema">["limit"]>().toEqualTypeOf<number>();
});
