import { createHmac, timingSafeEqual } from "node:crypto";
import { LoomError } from "@loom/core/errors";

const TOLERANCE_SECONDS = 300;
const VERSION = "v1,";
const SECRET_PREFIX = "whsec_";

/** What is signed: a Standard Webhooks message. */
export interface SignedMessage {
  readonly headers: Pick<Headers, "get">;
  readonly body: string;
}

/**
 * Checks a request's Standard Webhooks signature.
 *
 * @param secrets any of them may have signed, so that one can be replaced: base64, with or without `whsec_`
 * @throws LoomError `unauthenticated` for one that is missing, wrong, or more than five minutes old or early
 */
export function checkSignature(
  { headers, body }: SignedMessage,
  secrets: readonly string[],
  nowMs: number,
): void {
  const id = headers.get("webhook-id");
  const timestamp = headers.get("webhook-timestamp");
  const signatures = headers.get("webhook-signature")?.split(" ") ?? [];
  if (id === null || timestamp === null || !isRecent(timestamp, nowMs)) throw unsigned();
  const content = `${id}.${timestamp}.${body}`;
  const expected = secrets.map((secret) =>
    createHmac("sha256", keyOf(secret)).update(content).digest(),
  );
  const isSigned = signatures.some((given) => expected.some((digest) => isSame(given, digest)));
  if (!isSigned) throw unsigned();
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

function keyOf(secret: string): Buffer {
  return Buffer.from(
    secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : secret,
    "base64",
  );
}

function unsigned(): LoomError {
  return new LoomError(
    "unauthenticated",
    "The request is not signed by Loom, or the clocks differ by more than five minutes.",
  );
}
