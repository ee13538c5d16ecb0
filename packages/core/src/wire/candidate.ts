import * as z from "zod";
import type { Candidate } from "../domain/candidate.ts";
import { CandidateIdSchema } from "./ids.ts";
import { LIMITS } from "./limits.ts";
import { lengthProblem, list, repeats } from "./list.ts";
import { explain } from "./messages.ts";
import { object } from "./object.ts";
import { PlanSchema } from "./step.ts";
import { MergedStringMapSchema, StringMapSchema } from "./string-map.ts";
import { line } from "./text.ts";
import { LinkSchema } from "./url.ts";
import { CountSchema } from "./values.ts";

const FileRefSchema = object({ path: line(LIMITS.path), url: LinkSchema });

/** Files of one repository, for people. */
export const FileGroupSchema = object({
  name: line(LIMITS.name),
  repo: line(LIMITS.url),
  files: list(FileRefSchema, LIMITS.groupFiles),
}).describe("Files of one repository that the migration is about to touch, for people.");

/** The fields of a candidate. */
export const candidateFields = {
  id: CandidateIdSchema,
  kind: line(LIMITS.name).describe("Such as `application` or `topic`.").exactOptional(),
  metadata: StringMapSchema.describe("Set by discovery; opaque to Loom.").exactOptional(),
  state: StringMapSchema.describe(
    "Observed at discovery, such as the current version.",
  ).exactOptional(),
  files: list(FileGroupSchema, LIMITS.fileGroups).exactOptional(),
  steps: PlanSchema.describe(
    "When present, these replace the migration's steps for this candidate.",
  ).exactOptional(),
};

/** The thing migrated. Its status is Loom's alone: a candidate that carries one does not set it. */
export const CandidateSchema = object(candidateFields).describe(
  "The thing migrated. Everything but the id is opaque to Loom. Its status is not part of it and cannot be set.",
);

/** A candidate as migrators see it: inputs laid over its metadata. */
export const DispatchedCandidateSchema = object({
  ...candidateFields,
  metadata: MergedStringMapSchema.describe(
    "Set by discovery, with the operator's inputs laid over it.",
  ).exactOptional(),
}).describe(
  "A candidate as a migrator gets it: its metadata has the operator's inputs laid over it.",
);

/**
 * Candidates to merge. Read one by one and given up at the first {@link LIMITS.issues} problems: a body of millions of
 * wrong items would otherwise cost a gigabyte of issues that nobody reads.
 */
export const CandidateListSchema: z.ZodType<Candidate[]> = z
  .unknown()
  .transform((value, context) => readCandidates(value, context))
  .meta({
    type: "array",
    items: { $ref: "#/components/schemas/Candidate" },
    maxItems: LIMITS.candidates,
  });

/** A list of candidates, or one chunk of it. */
export const CandidateSubmissionSchema = object({
  candidates: CandidateListSchema.describe("Ids are unique within a submission."),
  discovery: object({
    id: line(LIMITS.opaqueId).describe("The same in every chunk of one discovery."),
    complete: z.boolean().describe("True in the last chunk."),
  })
    .describe("Makes this one chunk of a longer list. Absent: the list is complete by itself.")
    .exactOptional(),
}).describe("A list of candidates, or one chunk of it.");

/** What a submission did. */
export const DiscoveryCountsSchema = object({
  added: CountSchema,
  updated: CountSchema,
  unchanged: CountSchema,
  removed: CountSchema,
  preserved: CountSchema.describe(
    "Queued, running and completed ones that kept everything, listed or not.",
  ),
}).describe("What a submission of candidates did.");

function readCandidates(value: unknown, context: z.RefinementCtx): Candidate[] {
  const problem = Array.isArray(value) ? lengthProblem(value, LIMITS.candidates) : "must be a list";
  if (problem) return refuse(context, problem);
  const candidates: Candidate[] = [];
  for (const [index, item] of (value as unknown[]).entries()) {
    const result = CandidateSchema.safeParse(item, { error: explain });
    if (result.success) candidates.push(result.data);
    else addIssues(context, index, result.error.issues);
    if (context.issues.length >= LIMITS.issues) return z.NEVER;
  }
  refuseRepeats(candidates, context);
  return candidates;
}

function addIssues(context: z.RefinementCtx, index: number, issues: z.core.$ZodIssue[]): void {
  for (const { path, message } of issues)
    context.addIssue({ code: "custom", path: [index, ...path], message });
}

function refuseRepeats(candidates: readonly Candidate[], context: z.RefinementCtx): void {
  if (context.issues.length > 0) return;
  for (const { index, first } of repeats(candidates.map(({ id }) => id)))
    context.addIssue({
      code: "custom",
      path: [index, "id"],
      message: `repeats the id of item ${first}; send each candidate once`,
    });
}

function refuse(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: "custom", message });
  return z.NEVER;
}
