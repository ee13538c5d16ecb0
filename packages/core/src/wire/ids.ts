import type * as z from "zod";
import {
  CALLBACK_ID_MAX,
  CANDIDATE_ID_MAX,
  CANDIDATE_ID_MAX_BYTES,
  callbackIdProblem,
  candidateIdProblem,
  MIGRATION_ID_MAX,
  migrationIdProblem,
  parseRunId,
  STEP_NAME_MAX,
  stepNameProblem,
} from "../domain/ids.ts";
import { ruledText } from "./text.ts";

/** The id of a migration: a slug. */
export const MigrationIdSchema: z.ZodType<string> = ruledText(migrationIdProblem, {
  description: "The id of a migration: a slug without `__` and without a trailing `_`.",
  pattern: "^[a-z0-9][a-z0-9._-]*$",
  maxLength: MIGRATION_ID_MAX,
  example: "chart-upgrade",
});

/** The id of a candidate: nearly any line of text. */
export const CandidateIdSchema: z.ZodType<string> = ruledText(candidateIdProblem, {
  description: `The id of a candidate, unique in its migration: text without control characters, at most ${CANDIDATE_ID_MAX_BYTES} bytes of UTF-8, not \`.\` or \`..\`. It may hold \`/\`, \`:\`, \`{}\` and more, so percent-encode it in a path.`,
  minLength: 1,
  maxLength: CANDIDATE_ID_MAX,
  example: "billing-api",
});

/** The name of a step. */
export const StepNameSchema: z.ZodType<string> = ruledText(stepNameProblem, {
  description: "The name of a step, unique in its plan.",
  minLength: 1,
  maxLength: STEP_NAME_MAX,
  example: "bump-staging",
});

/** The id of a run: `{migrationId}__{candidateId}`. */
export const RunIdSchema: z.ZodType<string> = ruledText(runIdProblem, {
  description: "The id of a run: `{migrationId}__{candidateId}`.",
  maxLength: MIGRATION_ID_MAX + 2 + CANDIDATE_ID_MAX,
  example: "chart-upgrade__billing-api",
});

/** A callback id as a dispatch carries it. */
export const CallbackIdSchema: z.ZodType<string> = ruledText(callbackIdProblem, {
  description:
    "Names one call and authorises its reports; opaque, and safe in a path as it is. Keep it as secret as a password.",
  pattern: "^L1\\.[A-Za-z0-9._-]+$",
  maxLength: CALLBACK_ID_MAX,
  example: "L1.WyJjaGFydC11cGdyYWRlX19iaWxsaW5nIl0.c2lnbmF0dXJl",
});

function runIdProblem(id: string): string | undefined {
  return parseRunId(id) ? undefined : "must be a run id: {migrationId}__{candidateId}";
}
