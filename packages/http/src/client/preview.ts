import type { DryRunResult, LoomErrorCode } from "@loom/core";
import { LoomError } from "@loom/core";
import { DryRunResultSchema, parse } from "@loom/core/wire";
import { JSON_DEPTH, parseJson } from "../json.ts";
import type { Answer } from "./exchange.ts";
import { drain, readBytes } from "./exchange.ts";
import type { Failure } from "./failure.ts";
import { failureOf } from "./failure.ts";
import type { Reading } from "./outcome.ts";
import { readMessage, redirected } from "./outcome.ts";

/** Reads the answer to a dry run. @throws LoomError `migrator_bad_response` */
export async function previewOf(answer: Answer, reading: Reading): Promise<DryRunResult> {
  const { statusCode: status, body } = answer;
  const { who, clock, maxBytes } = reading;
  if (status === 200) return parsePreview(await readBytes(body, maxBytes), who);
  if (status >= 400) throw badResponse(answered(who, status, await readMessage(body, maxBytes)));
  drain(body, clock, maxBytes);
  throw badResponse(status >= 300 ? redirected(who, status) : answered(who, status));
}

const CODES: Readonly<Record<Failure["kind"], LoomErrorCode>> = {
  forbidden: "migrator_unreachable",
  timeout: "migrator_timeout",
  bad_response: "migrator_bad_response",
  unreachable: "migrator_unreachable",
};

/** The error of a dry run that got no answer. */
export function previewError(error: unknown, who: string): LoomError {
  if (LoomError.is(error)) return error;
  const { kind, words } = failureOf(error);
  return new LoomError(CODES[kind], `${who} ${words}.`, { cause: error });
}

function answered(who: string, status: number, message?: string): string {
  return `${who} answered ${status} instead of a preview${message === undefined ? "." : `: ${message}`}`;
}

function parsePreview(bytes: Uint8Array, who: string): DryRunResult {
  try {
    return parse(DryRunResultSchema, parseJson(bytes, JSON_DEPTH));
  } catch (error) {
    const why = LoomError.is(error) ? `: ${error.message}` : ".";
    throw badResponse(`${who} answered with a preview that cannot be read${why}`, error);
  }
}

function badResponse(message: string, cause?: unknown): LoomError {
  return new LoomError("migrator_bad_response", message, { cause });
}
