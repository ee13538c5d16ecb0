import * as z from "zod";
import { LIMITS } from "./limits.ts";
import { object } from "./object.ts";
import { StepStatusSchema } from "./step.ts";
import { line } from "./text.ts";

const PAGE_RULE = `must be a whole number of 1 to ${LIMITS.page}`;

/** Where a candidate stands. */
export const CandidateStatusSchema = z
  .enum(["not_started", "queued", "running", "completed"])
  .describe("There is no `failed`: a failed step waits, within `running`, for retry or cancel.");

/** Numbers come as text in a query. */
const limit = z
  .preprocess(
    (value) => (typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : value),
    z
      .int({ error: PAGE_RULE })
      .min(1, { error: PAGE_RULE })
      .max(LIMITS.page, { error: PAGE_RULE })
      .default(LIMITS.defaultPage),
  )
  .describe("How many items to return.");

const paging = {
  cursor: line(LIMITS.cursor)
    .describe("Where to go on: the `nextCursor` of the page before.")
    .exactOptional(),
  limit,
};

/** Where to go on in a list. */
export const ListOptionsSchema = object(paging, { blankIsAbsent: true });

/** Which candidates to list. */
export const CandidateQuerySchema = object(
  {
    status: CandidateStatusSchema.exactOptional(),
    kind: line(LIMITS.name).describe("The kind of the candidate, exactly.").exactOptional(),
    q: line(LIMITS.name).describe("Text that the id contains, ignoring case.").exactOptional(),
    stepStatus: StepStatusSchema.describe(
      "The status of the step that a running candidate is at: `failed` finds what is stuck.",
    ).exactOptional(),
    ...paging,
  },
  { blankIsAbsent: true },
);
