import { LoomError } from "@loom/core";
import type { Route } from "@loom/core/wire";
import { problemOf } from "@loom/core/wire";

/** An answer before it becomes a Response, or is written to a socket. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** Nothing here is for caches, and no browser shall guess a type. */
const SECURITY_HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

const encoder = new TextEncoder();

/** Seconds after which to come back, where an error does not say. */
const RETRY_SECONDS = 5;

/** What a route answers when all is well. */
export function success({ success: { status, schema } }: Route, value: unknown): Answer {
  if (!schema) return { status, headers: SECURITY_HEADERS, body: null };
  const headers = { ...SECURITY_HEADERS, "content-type": "application/json" };
  return { status, headers, body: JSON.stringify(value) };
}

/** What an error answers (RFC 9457). */
export function problem(error: LoomError, more: Readonly<Record<string, string>> = {}): Answer {
  const told = problemOf(error);
  const retryAfter = told.retryAfterSeconds ?? (told.status === 503 ? RETRY_SECONDS : undefined);
  const headers = {
    ...SECURITY_HEADERS,
    "content-type": "application/problem+json",
    ...(retryAfter !== undefined && { "retry-after": String(Math.ceil(retryAfter)) }),
    ...(told.status === 401 && { "www-authenticate": 'Bearer realm="loom"' }),
    ...more,
  };
  return { status: told.status, headers, body: JSON.stringify(told) };
}

/** What a wrong method answers. */
export function methodNotAllowed(allow: string): Answer {
  return problem(new LoomError("method_not_allowed", `Here Loom knows ${allow}.`), { allow });
}

/** The web-standard form; an answer to HEAD is that to GET without its body, whose length it still tells (RFC 9110, 9.3.2). */
export function toResponse({ status, headers, body }: Answer, method: string): Response {
  if (method !== "HEAD" || body === null) return new Response(body, { status, headers });
  const length = String(encoder.encode(body).byteLength);
  return new Response(null, { status, headers: { ...headers, "content-length": length } });
}
