import * as z from "zod";
import { CandidateIdSchema, RunIdSchema, StepNameSchema } from "./ids.ts";
import { object } from "./object.ts";
import { CandidateStatusSchema } from "./query.ts";
import { StepDefinitionSchema, StepStatusSchema } from "./step.ts";
import { MergedStringMapSchema } from "./string-map.ts";
import { OrdinalSchema, TimestampSchema } from "./values.ts";

/** Why an earlier step-attempt failed. */
export const StepFailureSchema = object({
  stepAttempt: OrdinalSchema,
  error: z.string(),
  at: TimestampSchema,
}).describe("Why an earlier try failed, kept when the step is retried.");

/** What has become of a step that was begun. */
export const StepStateSchema = object({
  stepName: StepNameSchema,
  status: StepStatusSchema,
  stepAttempt: OrdinalSchema,
  startedAt: TimestampSchema,
  updatedAt: TimestampSchema,
  completedAt: TimestampSchema.exactOptional(),
  metadata: MergedStringMapSchema.exactOptional(),
  error: z.string().exactOptional(),
  failures: z.array(StepFailureSchema).exactOptional(),
}).describe("What has become of a step that was begun.");

/** The step that a run is at. */
export const CurrentStepSchema = object({
  stepName: StepNameSchema,
  status: StepStatusSchema,
  since: TimestampSchema.describe("When it took this status."),
  error: z.string().exactOptional(),
}).describe("The step that a run is at.");

/** What a claim answers. */
export const RunRefSchema = object({ runId: RunIdSchema, attempt: OrdinalSchema }).describe(
  "The run, and which start of it this was.",
);

/** The latest attempt of a candidate, in full. */
export const RunDetailSchema = object({
  runId: RunIdSchema,
  attempt: OrdinalSchema,
  status: CandidateStatusSchema,
  phase: z.enum(["running", "cancelling", "finished"]),
  plan: z.array(StepDefinitionSchema).describe("The plan that this attempt is pinned to."),
  steps: z.array(StepStateSchema).describe("Those begun, in order."),
  compensations: z.array(StepStateSchema).describe("Undoings begun, in order."),
}).describe("The latest attempt of a candidate, in full.");

/** A record of the audit list. */
export const CancelledAttemptSchema = object({
  runId: RunIdSchema,
  candidateId: CandidateIdSchema,
  attempt: OrdinalSchema,
  cancelledAt: TimestampSchema,
  cancelledBy: z.string().exactOptional(),
  reason: z.string().exactOptional(),
  notCompensated: z
    .array(StepNameSchema)
    .describe("Steps whose compensation was asked for and then given up.")
    .exactOptional(),
}).describe("An attempt that was cancelled.");
