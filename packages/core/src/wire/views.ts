import * as z from "zod";
import { candidateFields } from "./candidate.ts";
import { CandidateIdSchema, RunIdSchema } from "./ids.ts";
import { CandidateCountsSchema, migrationFields } from "./migration.ts";
import { object } from "./object.ts";
import { CandidateStatusSchema } from "./query.ts";
import { CancelledAttemptSchema, CurrentStepSchema } from "./run-views.ts";
import { MergedStringMapSchema } from "./string-map.ts";
import { OrdinalSchema, TimestampSchema } from "./values.ts";

const nextCursor = z
  .string()
  .describe("Give it back as `cursor`; absent on the last page.")
  .exactOptional();

/** A migration as listed. */
export const MigrationWithCountsSchema = object({
  ...migrationFields,
  counts: CandidateCountsSchema,
}).describe("A migration and where its candidates stand.");

/** A migration as shown alone. */
export const MigrationDetailSchema = object({
  ...migrationFields,
  counts: CandidateCountsSchema,
  cancelledAttempts: z.array(CancelledAttemptSchema).describe("The last 50, the latest first."),
}).describe("A migration, where its candidates stand, and its last cancelled attempts.");

/** All migrations. */
export const MigrationListSchema = object({ migrations: z.array(MigrationWithCountsSchema) });

/** A candidate and where it stands. */
export const CandidateWithStatusSchema = object({
  ...candidateFields,
  status: CandidateStatusSchema,
  updatedAt: TimestampSchema,
  runId: RunIdSchema.exactOptional(),
  attempt: OrdinalSchema.exactOptional(),
  phase: z.enum(["running", "cancelling"]).describe("While it runs.").exactOptional(),
  currentStep: CurrentStepSchema.exactOptional(),
  missingInputs: z
    .array(z.string())
    .describe("Required inputs that a start would miss.")
    .exactOptional(),
}).describe("A candidate and where it stands.");

/** Part of a list of candidates. */
export const CandidatePageSchema = object({
  candidates: z.array(CandidateWithStatusSchema),
  nextCursor,
});

/** Part of the cancelled attempts of a migration. */
export const CancelledAttemptPageSchema = object({
  cancelledAttempts: z.array(CancelledAttemptSchema).describe("The latest first."),
  nextCursor,
});

/** Who did something. */
export const ActorSchema = object({ id: z.string(), name: z.string().exactOptional() }).describe(
  "Who did something; what Loom did by itself is by `loom`.",
);

/** Who did what when. */
export const HistoryEntrySchema = object({
  at: TimestampSchema,
  actor: ActorSchema,
  action: z.enum([
    "announce",
    "discover",
    "queue",
    "dequeue",
    "execute",
    "start",
    "cancel",
    "retry_step",
    "report_step",
    "update_inputs",
    "complete",
    "close",
  ]),
  candidateId: CandidateIdSchema.exactOptional(),
  attempt: OrdinalSchema.exactOptional(),
  details: MergedStringMapSchema.exactOptional(),
}).describe("Who did what when.");

/** Part of the history of a migration. */
export const HistoryPageSchema = object({
  history: z.array(HistoryEntrySchema).describe("The latest first."),
  nextCursor,
});

/** What a health check answers. */
export const HealthSchema = object({ status: z.literal("ok") });
