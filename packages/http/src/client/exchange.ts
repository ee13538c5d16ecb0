import type { Clock } from "@loom/core";
import type { Dispatcher } from "undici";
import { request } from "undici";

/** One request to a migrator. */
export interface Exchange {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What bounds it. */
export interface Bounds {
  readonly agent: Dispatcher;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

/** The migrator did not answer within the time limit. */
export const TIMED_OUT = "LOOM_TIMED_OUT";
/** The answer is longer than the limit. */
export const TOO_LONG = "LOOM_TOO_LONG";

/** An answer whose body is still to be read. */
export type Answer = Pick<Dispatcher.ResponseData, "statusCode" | "headers" | "body">;

/** How long the rest of a body that nobody needs may come, so that its connection can be used again. */
const DRAIN_MS = 1_000;

/** Sends a request and hands the answer on, all within the time limit. Redirects are not followed. */
export async function exchange<T>(
  { agent, clock, timeoutMs }: Bounds,
  { url, headers, body }: Exchange,
  read: (answer: Answer) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const stop = clock.after(timeoutMs, () => abort.abort());
  try {
    const { signal } = abort;
    const options = { method: "POST", dispatcher: agent, headers, body, signal } as const;
    return await read(await request(url, options));
  } catch (error) {
    throw abort.signal.aborted ? failure(TIMED_OUT, error) : error;
  } finally {
    stop();
  }
}

/** Reads a whole body. @throws an error with code {@link TOO_LONG} */
export async function readBytes(body: Answer["body"], maxBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop ends the stream, and with it the connection.
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw failure(TOO_LONG);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Reads the rest of a body and forgets it; one that does not end soon loses its connection. */
export function drain(body: Answer["body"], clock: Clock, maxBytes: number): void {
  const stop = clock.after(DRAIN_MS, () => body.destroy());
  body.on("error", () => undefined);
  body.on("close", stop);
  body.dump({ limit: maxBytes }).catch(() => undefined);
}

function failure(code: string, cause?: unknown): Error {
  return Object.assign(new Error(code, { cause }), { code });
}
