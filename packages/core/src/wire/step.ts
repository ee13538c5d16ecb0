import * as z from "zod";
import type { StepDefinition, StepStatus } from "../domain/step.ts";
import { StepNameSchema } from "./ids.ts";
import { LIMITS } from "./limits.ts";
import { list, unique } from "./list.ts";
import { object } from "./object.ts";
import { StringMapSchema } from "./string-map.ts";
import { line, text } from "./text.ts";
import { LinkSchema } from "./url.ts";
import { OrdinalSchema } from "./values.ts";

/** What a report may say of a step that has not failed. */
export const STEP_PHASES = [
  "in_progress",
  "open",
  "awaiting_review",
  "completed",
  "merged",
] as const satisfies StepStatus[];

/** What is known of a step. */
export const StepStatusSchema = z
  .enum([...STEP_PHASES, "failed"])
  .describe("`completed`, `merged` and `failed` end a step; the others keep it waiting.");

const pauseSeconds = z.number().positive().max(LIMITS.dispatchPauseSeconds);

/** How a dispatch that could not be delivered is repeated. */
export const DispatchRetrySchema = object({
  attempts: OrdinalSchema.check(z.lte(LIMITS.dispatchAttempts))
    .describe("Calls in all, the first one included. Default 8.")
    .exactOptional(),
  initialSeconds: pauseSeconds
    .describe("Pause before the second call; it doubles each time. Default 1.")
    .exactOptional(),
  maxSeconds: pauseSeconds.describe("The longest pause. Default 60.").exactOptional(),
}).describe("How a dispatch that could not be delivered (network, timeout, 5xx, 429) is repeated.");

/** One unit of work, as planned. */
export const StepDefinitionSchema = object(
  {
    name: StepNameSchema,
    description: text(LIMITS.description).exactOptional(),
    migratorApp: line(LIMITS.app)
      .describe(
        "The app that performs it; the announcing migrator when absent. `workerApp` is read as an alias.",
      )
      .exactOptional(),
    type: line(LIMITS.app)
      .describe("Which handler of the migrator does it; the name when absent.")
      .exactOptional(),
    config: StringMapSchema.exactOptional(),
    files: list(LinkSchema, LIMITS.stepFiles)
      .describe("URLs of the files that it touches, for people.")
      .exactOptional(),
    timeoutSeconds: z
      .number()
      .positive()
      .max(LIMITS.timeoutSeconds)
      .describe(
        "Seconds from its dispatch after which it fails without an ending report; at most 400 days. No limit when absent.",
      )
      .exactOptional(),
    dispatchRetry: DispatchRetrySchema.exactOptional(),
    compensable: z
      .boolean()
      .describe("Whether a cancel with compensation undoes it, by `/compensate-step`.")
      .exactOptional(),
  },
  { aliases: { migratorApp: "workerApp" } },
).describe("One unit of work of a migration, as planned.");

/** The steps of a migration, or those of one candidate: their names are unique. */
export const PlanSchema: z.ZodType<z.output<typeof StepDefinitionSchema>[]> = list(
  StepDefinitionSchema,
  LIMITS.steps,
).check(unique(nameOf, "name", "step names are unique in a plan"));

function nameOf({ name }: StepDefinition): string {
  return name;
}
