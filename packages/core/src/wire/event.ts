import * as z from "zod";
import { CandidateIdSchema, StepNameSchema } from "./ids.ts";
import { LIMITS } from "./limits.ts";
import { isFields, object } from "./object.ts";
import { STEP_PHASES } from "./step.ts";
import { StringMapSchema } from "./string-map.ts";
import { line, text } from "./text.ts";

const fields = object({
  stepName: StepNameSchema,
  candidateId: CandidateIdSchema,
  success: z.boolean().describe("`false` means that the step failed, whatever the phase."),
  phase: z
    .enum(STEP_PHASES, {
      error: `must be one of ${STEP_PHASES.join(", ")}; a failure is success: false`,
    })
    .describe(
      "The status when `success`; `completed` when absent. `in_progress`, `open` and `awaiting_review` keep the step waiting.",
    )
    .exactOptional(),
  metadata: StringMapSchema.describe(
    "Merged key by key over what earlier reports of the step said, such as `prUrl` or `instructions`.",
  ).exactOptional(),
  error: text(LIMITS.error).describe("Why it failed, for people.").exactOptional(),
  eventId: line(LIMITS.opaqueId)
    .describe("The sender's own name for this event: repeated, it is a duplicate.")
    .exactOptional(),
});

/** How a migrator reports a step. The phase of a failure says nothing, so it is not read. */
export const StepCompletedEventSchema: z.ZodType<z.output<typeof fields>> = z
  .preprocess(
    (event) =>
      isFields(event) && event["success"] === false ? { ...event, phase: undefined } : event,
    fields,
  )
  .describe("How a migrator reports a step.");

/** What became of a report. */
export const ReportResultSchema = z
  .union([
    object({ status: z.literal("accepted") }),
    object({
      status: z.literal("ignored"),
      reason: z.enum(["duplicate", "stale", "not_running"]),
    }),
  ])
  .describe(
    "`accepted`: durably taken. `ignored`: it changes nothing, so there is nothing to repeat.",
  );
