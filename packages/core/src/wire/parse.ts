import type * as z from "zod";
import { isWellFormed } from "../domain/ids.ts";
import type { ValidationIssue } from "../errors.ts";
import { LoomError } from "../errors.ts";
import { LIMITS } from "./limits.ts";
import { explain } from "./messages.ts";

const PATH_MAX = 300;
const WHOLE = "The request";

/**
 * Reads a value by a schema of the contract: fields that it does not know are dropped, and what comes back shares nothing
 * with the value.
 *
 * @throws LoomError `validation_failed`; its message names the first field and what to do, its `issues` up to 50 of them
 */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value, { error: explain });
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, LIMITS.issues).map(issueOf);
  throw new LoomError("validation_failed", headline(issues, result.error.issues.length), {
    details: { issues },
  });
}

function issueOf({ path, message }: z.core.$ZodIssue): ValidationIssue {
  return { path: shown(path.map(String).join(".")), message };
}

/** A path holds names that the sender chose: it is cut, and kept fit for JSON and logs. */
function shown(path: string): string {
  const cut = path.length > PATH_MAX ? `${path.slice(0, PATH_MAX)}…` : path;
  return isWellFormed(cut) ? cut : cut.replace(/[\uD800-\uDFFF]/g, "\uFFFD");
}

function headline([first]: readonly ValidationIssue[], count: number): string {
  const more = count > 1 ? ` (and ${count - 1} more)` : "";
  return `${first?.path || WHOLE} ${first?.message ?? "is not valid"}${more}.`;
}
