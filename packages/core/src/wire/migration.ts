import * as z from "zod";
import type { InputDefinition } from "../domain/migration.ts";
import { CandidateListSchema } from "./candidate.ts";
import { MigrationIdSchema } from "./ids.ts";
import { LIMITS } from "./limits.ts";
import { list, unique } from "./list.ts";
import { object } from "./object.ts";
import { PlanSchema } from "./step.ts";
import { mapKeyProblem } from "./string-map.ts";
import { line, ruledText, text } from "./text.ts";
import { MigratorUrlSchema } from "./url.ts";
import { CountSchema, TimestampSchema } from "./values.ts";

const inputName = ruledText(
  (name) =>
    mapKeyProblem(name) && "must be usable as a key of inputs: 1 to 128 characters, not __proto__",
  {
    minLength: 1,
    maxLength: LIMITS.mapKey,
  },
);

/** A value that the operator gives at start. */
export const InputDefinitionSchema = object({
  name: inputName.describe("The key in `inputs`."),
  label: line(LIMITS.name).describe("What a form shows."),
  description: text(LIMITS.description).exactOptional(),
  optional: z.boolean().describe("A start without it is allowed.").exactOptional(),
  secret: z.boolean().describe("Never shown by Loom or its logs.").exactOptional(),
}).describe(
  "A value that the operator gives at start, unless the candidate's metadata has one of that name.",
);

const requiredInputs = list(InputDefinitionSchema, LIMITS.requiredInputs).check(
  unique(({ name }: InputDefinition) => name, "name", "each input is defined once"),
);

const plan = {
  id: MigrationIdSchema,
  name: line(LIMITS.name),
  description: text(LIMITS.description).exactOptional(),
  overview: list(text(LIMITS.description), LIMITS.overview)
    .describe("The phases, in words, for operators.")
    .exactOptional(),
  steps: PlanSchema,
  migratorUrl: MigratorUrlSchema,
};

/** What a migrator registers at every start. */
export const MigrationAnnouncementSchema = object({
  ...plan,
  requiredInputs: requiredInputs.exactOptional(),
  migratorApp: line(LIMITS.app)
    .describe("The name under which `migratorUrl` is registered; the migration's id when absent.")
    .exactOptional(),
  candidates: CandidateListSchema.describe(
    "A first discovery when not empty; absent or empty leaves the candidates alone.",
  ).exactOptional(),
}).describe("What a migrator registers at every start. Repeating it is harmless.");

/** The fields of a migration as registered. */
export const migrationFields = {
  ...plan,
  requiredInputs,
  migratorApp: line(LIMITS.app),
  createdAt: TimestampSchema,
  updatedAt: TimestampSchema,
};

/** A registered plan. */
export const MigrationSchema = object(migrationFields).describe("A registered plan.");

/** How many candidates stand where. */
export const CandidateCountsSchema = object({
  notStarted: CountSchema,
  queued: CountSchema,
  running: CountSchema,
  completed: CountSchema,
  blocked: CountSchema.describe("Part of `running`: a step has failed."),
  awaitingReview: CountSchema.describe("Part of `running`: a step waits for a person."),
}).describe("How many candidates stand where.");
