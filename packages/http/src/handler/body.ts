import type { Clock } from "@loom/core";
import { LoomError } from "@loom/core";
import { invalidBody } from "../invalid-body.ts";

/** Where the bytes of a body come from, chunk by chunk: a reader of a stream, or an iterator of Node's. */
export interface BodySource {
  next(): Promise<{ readonly done?: boolean | undefined; readonly value?: Uint8Array | undefined }>;
  /** No more is wanted. */
  stop?(): void;
}

/** What bounds a body. */
export interface BodyBounds {
  readonly bytes: number;
  readonly seconds: number;
  readonly clock: Clock;
}

/** Checks what the headers declare. @throws LoomError `payload_too_large`, `unsupported_media_type` */
export function checkDeclared(headers: Headers, { bytes }: Pick<BodyBounds, "bytes">): void {
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding.toLowerCase() !== "identity")
    throw unsupported("Compressed bodies are not taken: send it as it is.");
  if (Number(headers.get("content-length") ?? 0) > bytes) throw tooLarge(bytes);
}

/** Checks that a body is declared as JSON in UTF-8. @throws LoomError `unsupported_media_type` */
export function checkJsonType(contentType: string | null): void {
  const [type = "", ...parameters] = (contentType ?? "").toLowerCase().split(";");
  const charsets = parameters
    .map((text) => text.trim())
    .filter((text) => text.startsWith("charset"));
  const utf8 = charsets.every((charset) => /^charset\s*=\s*"?utf-?8"?$/.test(charset));
  if (type.trim() !== "application/json" || !utf8)
    throw unsupported("The body must be JSON in UTF-8: say content-type: application/json.");
}

/** Reads a whole body within its bounds. @throws LoomError `payload_too_large`, `validation_failed` */
export async function readBody(source: BodySource, bounds: BodyBounds): Promise<Uint8Array> {
  let cancel: () => void = () => undefined;
  const late = new Promise<never>((_, reject) => {
    const error = invalidBody(`did not arrive within ${bounds.seconds} seconds`);
    cancel = bounds.clock.after(bounds.seconds * 1000, () => reject(error));
  });
  try {
    return await collect(source, bounds.bytes, late);
  } catch (error) {
    source.stop?.();
    throw LoomError.is(error) ? error : invalidBody("was cut off", error);
  } finally {
    cancel();
  }
}

async function collect(source: BodySource, bytes: number, late: Promise<never>) {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await Promise.race([source.next(), late]);
    if (done || !value) return joined(chunks, size);
    size += value.byteLength;
    if (size > bytes) throw tooLarge(bytes);
    chunks.push(value);
  }
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const [first] = chunks;
  if (first && chunks.length === 1) return first;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

function tooLarge(bytes: number): LoomError {
  return new LoomError(
    "payload_too_large",
    `The body is larger than ${bytes} bytes. Send candidates in chunks of one discovery.`,
  );
}

function unsupported(message: string): LoomError {
  return new LoomError("unsupported_media_type", message);
}
