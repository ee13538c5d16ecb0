import * as z from "zod";
import type { LoomErrorCode, LoomErrorDetails } from "../errors.ts";
import { LOOM_ERRORS, LoomError } from "../errors.ts";
import { object } from "./object.ts";

const CODES = Object.keys(LOOM_ERRORS) as LoomErrorCode[];
const HIDDEN = "Something went wrong in Loom. Its log says what.";

/** What an error tells besides its message; nothing else leaves Loom. */
const details = {
  issues: z
    .array(object({ path: z.string(), message: z.string() }))
    .describe("`validation_failed`: what is wrong, and where.")
    .exactOptional(),
  inputs: z
    .array(z.string())
    .describe("`missing_inputs`, `unknown_input`: their names.")
    .exactOptional(),
  from: z.string().describe("`invalid_transition`: the status found.").exactOptional(),
  action: z.string().describe("`invalid_transition`: the action tried.").exactOptional(),
  attempt: z.number().describe("`stale_attempt`: the one that is current.").exactOptional(),
  stepAttempt: z.number().describe("`stale_attempt`: the one that is current.").exactOptional(),
  retryAfterSeconds: z
    .number()
    .describe("503: seconds to wait, as in `Retry-After`.")
    .exactOptional(),
};

/** RFC 9457, with a stable `code`. */
export const ProblemSchema = object({
  type: z.string().describe("`urn:loom:error:` and the code."),
  title: z.string().describe("The same for every problem of this code."),
  status: z.int(),
  code: z.enum(CODES).describe("Stable: decide by this."),
  detail: z.string().describe("What happened and what to do about it."),
  ...details,
}).describe("What went wrong (RFC 9457). Decide by `code`, show `detail`.");

/** The body of an error's answer. */
export interface Problem extends LoomErrorDetails {
  /** `urn:loom:error:` and the code. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: LoomErrorCode;
  readonly detail: string;
}

/** The body that tells a caller of an error. Of anything but a {@link LoomError} it tells nothing. */
export function problemOf(error: unknown): Problem {
  if (!LoomError.is(error) || !Object.hasOwn(LOOM_ERRORS, error.code))
    return problem("internal_error", HIDDEN, {});
  return problem(error.code, error.message, error.details);
}

function problem(code: LoomErrorCode, detail: string, told: LoomErrorDetails): Problem {
  const { status, title } = LOOM_ERRORS[code];
  return { type: `urn:loom:error:${code}`, title, status, code, detail, ...pick(told) };
}

function pick(told: LoomErrorDetails): LoomErrorDetails {
  const known = Object.entries(told).filter(
    ([key, value]) => Object.hasOwn(details, key) && value !== undefined,
  );
  return Object.fromEntries(known);
}
