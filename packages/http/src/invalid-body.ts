import { LoomError } from "@loom/core";

/** Something is wrong with a body as a whole. */
export function invalidBody(message: string, cause?: unknown): LoomError {
  const details = { issues: [{ path: "", message }] };
  return new LoomError("validation_failed", `The body ${message}.`, { details, cause });
}
