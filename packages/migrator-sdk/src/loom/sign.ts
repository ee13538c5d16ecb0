import { createHmac, randomUUID } from "node:crypto";
import { invalidSecret, keyOf, VERSION } from "../signature-key.ts";

/** The headers that say who sends a body. */
export type Sign = (body: string, nowMs: number) => Readonly<Record<string, string>>;

/**
 * Signs requests as Standard Webhooks. A request that is sent again is a message of its own.
 *
 * @throws LoomError `invalid_configuration` when the secret is not base64 of at least 16 bytes
 */
export function createSign(secret: string): Sign {
  const key = keyOf(secret);
  if (!key) throw invalidSecret("loom.signingSecret: give base64");
  return (body, nowMs) => {
    const id = randomUUID();
    const timestamp = String(Math.floor(nowMs / 1000));
    const digest = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
    return {
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": VERSION + digest,
    };
  };
}
