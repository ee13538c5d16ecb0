import type { CallOutcome, Clock } from "@loom/core";
import type { Answer } from "./exchange.ts";
import { drain, readBytes } from "./exchange.ts";
import { failureOf } from "./failure.ts";
import { messageOf } from "./message.ts";
import { retryAfterMs } from "./retry-after.ts";

/** Of a refusal people read a line: more is not worth its memory. */
const REFUSAL_BYTES = 64 * 1024;

/** What reading an answer needs to know. */
export interface Reading {
  /** How the migrator is called in a sentence. */
  readonly who: string;
  readonly clock: Clock;
  readonly maxBytes: number;
}

/** What the answer to a dispatch means: any 2xx is accepted, 429 and 5xx may succeed later, the rest is refused. */
export async function outcomeOf(answer: Answer, reading: Reading): Promise<CallOutcome> {
  const { statusCode: status, headers, body } = answer;
  const { who, clock, maxBytes } = reading;
  if (status < 400) {
    drain(body, clock, maxBytes);
    return status < 300
      ? { type: "accepted" }
      : { type: "refused", error: redirected(who, status) };
  }
  const message = await readMessage(body, maxBytes);
  if (!mayPass(status)) return { type: "refused", error: message ?? `${who} answered ${status}.` };
  const pause = retryAfterMs(headers["retry-after"], clock.now());
  return {
    type: "unavailable",
    error: `${who} answered ${status}${message === undefined ? "." : `: ${message}`}`,
    ...(pause !== undefined && { retryAfterMs: pause }),
  };
}

/** What a call that got no answer means: only an address that is never called is final. */
export function outcomeOfFailure(error: unknown, who: string): CallOutcome {
  const { kind, words } = failureOf(error);
  return { type: kind === "forbidden" ? "refused" : "unavailable", error: `${who} ${words}.` };
}

/** Why a redirect is not good enough. */
export function redirected(who: string, status: number): string {
  return `${who} answered ${status}, a redirect, which is never followed: announce the final URL.`;
}

/** The message of an answer that says no; none when its body is cut off, or longer than 64 KiB. */
export async function readMessage(
  body: Answer["body"],
  maxBytes: number,
): Promise<string | undefined> {
  return readBytes(body, Math.min(maxBytes, REFUSAL_BYTES)).then(messageOf, () => undefined);
}

function mayPass(status: number): boolean {
  return status >= 500 || status === 429;
}
