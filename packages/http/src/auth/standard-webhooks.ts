import type { Clock } from "@loom/core";
import { systemClock } from "@loom/core";
import type { Authorize } from "../handler/authorize.ts";
import type { Signatures } from "../signatures.ts";
import { createSignatures } from "../signatures.ts";
import { createReplayGuard } from "./replay-guard.ts";

/** Whose signatures are believed. */
export interface StandardWebhooksOptions {
  /**
   * The secrets of each migrator, by its actor id: base64 with or without `whsec_`; two while a rotation lasts.
   */
  readonly migrators: Readonly<Record<string, readonly string[]>>;
  readonly clock?: Clock;
}

/** How far a timestamp may be from now, either way. */
const TOLERANCE_SECONDS = 300;

/**
 * Authorises migrators' calls by their Standard Webhooks signature (`webhook-id`, `webhook-timestamp`, within five minutes,
 * `webhook-signature`). It covers the exact bytes of the body, which is read for it, within the limits. No signature is no
 * authorisation; operators' routes are left to others: see {@link anyOf}.
 *
 * The signature does not cover the URL, so a `webhook-id` is bound to the first address that it comes to, as long as its
 * timestamp is good: a repetition passes, a replay to another route does not. Each process keeps this by itself.
 *
 * @throws LoomError `invalid_configuration`
 */
export function standardWebhooks(options: StandardWebhooksOptions): Authorize {
  const { clock = systemClock, migrators } = options;
  const signers = Object.entries(migrators).map(
    ([id, secrets]) => [id, createSignatures(secrets)] as const,
  );
  const isReplay = createReplayGuard(clock, TOLERANCE_SECONDS);
  return async ({ request, audience, body }) => {
    const claim = audience === "migrator" ? claimOf(request.headers, clock) : undefined;
    if (!claim) return "unauthenticated";
    const id = await signerOf(signers, { ...claim, body: await body() });
    const address = `${request.method} ${request.url}`;
    return id === undefined || isReplay(`${id} ${claim.id}`, address) ? "unauthenticated" : { id };
  };
}

interface Claim {
  readonly id: string;
  readonly timestamp: number;
  readonly signature: string;
}

function claimOf(headers: Headers, clock: Clock): Claim | undefined {
  const id = headers.get("webhook-id");
  const signature = headers.get("webhook-signature");
  const stamp = headers.get("webhook-timestamp") ?? "";
  if (!id || !signature || !/^\d{1,15}$/.test(stamp)) return undefined;
  const timestamp = Number(stamp);
  const age = Math.floor(clock.now() / 1000) - timestamp;
  return Math.abs(age) <= TOLERANCE_SECONDS ? { id, timestamp, signature } : undefined;
}

async function signerOf(
  signers: readonly (readonly [string, Signatures])[],
  { signature, ...message }: Claim & { readonly body: Uint8Array },
): Promise<string | undefined> {
  for (const [id, signatures] of signers)
    if (await signatures.verify(message, signature)) return id;
  return undefined;
}
