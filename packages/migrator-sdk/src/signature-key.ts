import { LoomError } from "@loom/core/errors";

/** What a Standard Webhooks signature begins with. */
export const VERSION = "v1,";

const KEY_MIN_BYTES = 16;
const SECRET_PREFIX = "whsec_";

/** The key that a secret stands for: base64, with or without `whsec_`; nothing when it is not, or too short. */
export function keyOf(secret: string): Buffer | undefined {
  const text = secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : secret;
  const key = Buffer.from(text, "base64");
  return /^[A-Za-z0-9+/]+=*$/.test(text) && key.length >= KEY_MIN_BYTES ? key : undefined;
}

/** @param option the option and what it takes, to begin the sentence with */
export function invalidSecret(option: string): LoomError {
  return new LoomError(
    "invalid_configuration",
    `${option} of at least ${KEY_MIN_BYTES} bytes, or leave the option out.`,
  );
}
