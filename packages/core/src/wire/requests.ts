import * as z from "zod";
import { LOOM_ACTOR } from "../domain/actor.ts";
import { CandidateSchema } from "./candidate.ts";
import { CandidateIdSchema, MigrationIdSchema, StepNameSchema } from "./ids.ts";
import { LIMITS } from "./limits.ts";
import { object } from "./object.ts";
import { StringMapSchema } from "./string-map.ts";
import { line, text } from "./text.ts";
import { OrdinalSchema } from "./values.ts";

/** Which migration is meant. */
export const MigrationRefSchema = object({ migrationId: MigrationIdSchema });

/** Which candidate is meant. */
export const CandidateRefSchema = object({
  migrationId: MigrationIdSchema,
  candidateId: CandidateIdSchema,
});

/** What is reported on: a callback id or a run id. */
export const ReportRefSchema = object({ id: z.string() });

/** Who acts, as `authorize` or a caller in the same process says. */
export const ActingSchema = object({
  actor: object({
    id: line(LIMITS.actor).refine(
      (id) => id !== LOOM_ACTOR.id,
      "is that of Loom itself; choose another",
    ),
    name: text(LIMITS.name).optional(),
  }),
});

const precondition = OrdinalSchema.describe(
  "A precondition: when another one is current the answer is `stale_attempt`.",
).exactOptional();

/** What an operator may give with queue, execute, start and dry-run. */
export const StartOptionsSchema = object({
  inputs: StringMapSchema.describe(
    "Values by name, merged over those given before.",
  ).exactOptional(),
});

/** What an operator may say with a cancel. */
export const CancelOptionsSchema = object({
  reason: text(LIMITS.reason).exactOptional(),
  compensate: z
    .boolean()
    .describe(
      "`true` undoes the dispatched compensable steps first, in reverse order; an explicit `false` later gives that up.",
    )
    .exactOptional(),
  attempt: precondition,
});

/** Which failed step to try again. */
export const RetryOptionsSchema = object({
  stepName: StepNameSchema,
  attempt: precondition,
  stepAttempt: precondition,
});

/** New values of inputs. */
export const InputsUpdateSchema = object({
  inputs: StringMapSchema.describe("Merged key by key; used from the next dispatch on."),
});

/** A candidate to preview that is not stored. */
export const PreviewRequestSchema = object({
  candidate: CandidateSchema,
  inputs: StringMapSchema.exactOptional(),
});
