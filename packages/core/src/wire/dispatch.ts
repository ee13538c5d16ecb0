import { DispatchedCandidateSchema } from "./candidate.ts";
import { CallbackIdSchema, MigrationIdSchema, RunIdSchema, StepNameSchema } from "./ids.ts";
import { LIMITS } from "./limits.ts";
import { object } from "./object.ts";
import { StepStatusSchema } from "./step.ts";
import { MergedStringMapSchema, StringMapSchema } from "./string-map.ts";
import { line, text } from "./text.ts";
import { OrdinalSchema } from "./values.ts";

const fields = {
  migrationId: MigrationIdSchema,
  runId: RunIdSchema,
  stepName: StepNameSchema,
  candidate: DispatchedCandidateSchema,
  type: line(LIMITS.app)
    .describe("Which handler to use; the step's name when absent.")
    .exactOptional(),
  config: StringMapSchema.describe("The step's own, opaque to Loom.").exactOptional(),
  callbackId: CallbackIdSchema,
  callbackUrl: text().describe("Where to POST reports, ready made.").exactOptional(),
  eventName: text().describe("The name of the event that Loom waits for, for logs."),
  migratorApp: line(LIMITS.app),
  migratorUrl: line(LIMITS.url),
  dispatchId: text().describe(
    "The idempotency key: the same in every repetition of this call, and in no other call.",
  ),
  attempt: OrdinalSchema.describe("Which start of this run."),
  stepAttempt: OrdinalSchema.describe("Which try of this step; a retry adds one."),
  inputs: MergedStringMapSchema.describe("The operator's inputs.").exactOptional(),
};

/** Asks a migrator to perform a step. */
export const DispatchStepRequestSchema = object(fields).describe(
  "Asks a migrator to perform a step. Delivered at least once per `dispatchId`.",
);

/** Asks a migrator to undo a step. */
export const CompensateStepRequestSchema = object({
  ...fields,
  stepStatus: StepStatusSchema.describe("The last status of the step to undo."),
  stepMetadata: MergedStringMapSchema.describe("What the step's reports said, such as `prUrl`."),
}).describe("Asks a migrator to undo a step. Undoing work that was never done succeeds.");
