import type { Clock } from "../clock.ts";
import { ProblemSchema, parse } from "../contract.ts";
import type { OutboundResponse } from "./transport.ts";

/** What a request came to: Loom took it, Loom refused it, or somebody did not answer for Loom. */
export type LoomAnswer =
  | { readonly type: "taken"; readonly body: unknown }
  | {
      readonly type: "refused";
      readonly status: number;
      readonly error: string;
      readonly code?: string;
    }
  | { readonly type: "unavailable"; readonly error: string; readonly retryAfterMs?: number };

/** Of these only Loom itself may speak: without its code they come from a gateway before it, and pass. */
const OFTEN_A_GATEWAYS = new Set([401, 403, 404, 405, 407, 421]);
const WORTH_ANOTHER_TRY = new Set([408, 425, 429]);

/** Reads an answer. */
export function answerOf(response: OutboundResponse, clock: Clock): LoomAnswer {
  const { status, text } = response;
  if (status >= 200 && status < 300) return { type: "taken", body: jsonOf(text) };
  const problem = problemIn(text);
  const error = problem?.detail ?? `Loom answered ${status}.`;
  const isRefused = status >= 400 && status < 500 && !WORTH_ANOTHER_TRY.has(status);
  if (isRefused && (problem || !OFTEN_A_GATEWAYS.has(status)))
    return { type: "refused", status, error, ...(problem && { code: problem.code }) };
  const retryAfterMs = retryAfterOf(response.retryAfter, clock);
  return { type: "unavailable", error, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

function problemIn(text: string): { readonly code: string; readonly detail: string } | undefined {
  try {
    return parse(ProblemSchema, jsonOf(text));
  } catch {
    return undefined;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The longest pause that is believed: reports that come a day late help nobody. */
const LONGEST_PAUSE_MS = 3_600_000;

/** Seconds, or a date. */
function retryAfterOf(header: string | undefined, clock: Clock): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - clock.now();
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, LONGEST_PAUSE_MS) : undefined;
}
