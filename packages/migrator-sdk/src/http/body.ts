import { LoomError } from "@loom/core/errors";

/** The longest body of a request, in bytes: a candidate as large as Loom takes one (8 MiB), with all that goes with it. */
export const BODY_MAX = 16 * 1024 * 1024;

/**
 * Reads a body whole, and no more of it than allowed.
 *
 * @throws LoomError `payload_too_large`; `invalid_configuration` when something has read it before
 */
export async function readBody(request: Request, max: number): Promise<string> {
  if (request.bodyUsed)
    throw new LoomError(
      "invalid_configuration",
      "The body was read before the migrator's handler got the request: mount the handler before any body parser.",
    );
  const tooLarge = () =>
    new LoomError("payload_too_large", `The body is longer than ${max} bytes.`);
  if (Number(request.headers.get("content-length") ?? 0) > max) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > max) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** @throws LoomError `validation_failed` for what is no JSON */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new LoomError("validation_failed", "The body is not JSON.");
  }
}
