import { createHmac, timingSafeEqual } from "node:crypto";
import { LoomError } from "@loom/core/errors";
import { invalidSecret, keyOf, VERSION } from "../signature-key.ts";

const TOLERANCE_SECONDS = 300;

/** What is signed: a Standard Webhooks message. */
export interface SignedMessage {
  readonly headers: Pick<Headers, "get">;
  readonly body: string;
}

/** Checks that a request is signed. @throws LoomError `unauthenticated` when it is not, or more than five minutes old or early */
export type CheckSignature = (message: SignedMessage, nowMs: number) => void;

/**
 * Makes a check of Standard Webhooks signatures.
 *
 * @param secrets any of them may have signed, so that one can be replaced: base64, with or without `whsec_`
 * @throws LoomError `invalid_configuration` when there is none, or one is not base64 of at least 16 bytes
 */
export function signatureCheck(secrets: readonly string[]): CheckSignature {
  const keys = secrets.flatMap((secret) => keyOf(secret) ?? []);
  if (keys.length === 0 || keys.length < secrets.length)
    throw invalidSecret("secrets: give at least one, each base64");
  return ({ headers, body }, nowMs) => {
    const id = headers.get("webhook-id");
    const timestamp = headers.get("webhook-timestamp");
    const signatures = headers.get("webhook-signature")?.split(" ") ?? [];
    if (id === null || timestamp === null || !isRecent(timestamp, nowMs)) throw unsigned();
    const content = `${id}.${timestamp}.${body}`;
    const expected = keys.map((key) => createHmac("sha256", key).update(content).digest());
    const isSigned = signatures.some((given) => expected.some((digest) => isSame(given, digest)));
    if (!isSigned) throw unsigned();
  };
}

function isRecent(timestamp: string, nowMs: number): boolean {
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  return Math.abs(nowMs / 1000 - Number(timestamp)) <= TOLERANCE_SECONDS;
}

function isSame(given: string, digest: Buffer): boolean {
  if (!given.startsWith(VERSION)) return false;
  const bytes = Buffer.from(given.slice(VERSION.length), "base64");
  return bytes.length === digest.length && timingSafeEqual(bytes, digest);
}

function unsigned(): LoomError {
  return new LoomError(
    "unauthenticated",
    "The request is not signed by Loom, or the clocks differ by more than five minutes.",
  );
}
