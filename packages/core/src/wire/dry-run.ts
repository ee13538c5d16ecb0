import * as z from "zod";
import { DispatchedCandidateSchema } from "./candidate.ts";
import { MigrationIdSchema, StepNameSchema } from "./ids.ts";
import { LIMITS } from "./limits.ts";
import { list } from "./list.ts";
import { object } from "./object.ts";
import { PlanSchema } from "./step.ts";
import { MergedStringMapSchema } from "./string-map.ts";
import { line, text } from "./text.ts";

/** Asks a migrator what steps would do. */
export const DryRunRequestSchema = object({
  migrationId: MigrationIdSchema,
  candidate: DispatchedCandidateSchema,
  steps: PlanSchema.describe("Those of the plan that this migrator performs, in plan order."),
  inputs: MergedStringMapSchema.exactOptional(),
}).describe("Asks a migrator what steps would do to a candidate. Nothing may be written anywhere.");

/** What a step would do to one file. */
export const FileDiffSchema = object({
  path: line(LIMITS.path),
  repo: line(LIMITS.url),
  before: text().describe("The content now; absent for a new file.").exactOptional(),
  after: text().describe("The content then; absent for a deleted file.").exactOptional(),
  status: z.enum(["new", "modified", "deleted"]),
}).describe("What a step would do to one file. Leave the content of a binary file out.");

/** What one step would do. */
export const StepDryRunSchema = object({
  stepName: StepNameSchema,
  skipped: z.boolean().describe("The step would do nothing here, or cannot be previewed."),
  error: text(LIMITS.error).describe("Why there is no preview of this step.").exactOptional(),
  files: list(FileDiffSchema, LIMITS.diffs).exactOptional(),
}).describe("What one step would do.");

/** The preview of a run. */
export const DryRunResultSchema = object({
  steps: list(StepDryRunSchema, LIMITS.steps),
}).describe("What the steps would do, in plan order.");
