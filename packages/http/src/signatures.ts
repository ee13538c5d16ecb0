import { LoomError } from "@loom/core";

const PREFIX = "whsec_";
const VERSION = "v1";
const encoder = new TextEncoder();

/** A message as Standard Webhooks signs it. */
export interface SignedMessage {
  /** The `webhook-id`: stable over repetitions of the same message. */
  readonly id: string;
  /** The `webhook-timestamp`, in seconds since the Unix epoch. */
  readonly timestamp: number;
  readonly body: Uint8Array | string;
}

/** Makes and checks `webhook-signature` headers. */
export interface Signatures {
  /** One signature per secret, the current one first. */
  sign(message: SignedMessage): Promise<string>;
  /** Whether any signature of the header is by any of the secrets. Takes no time that tells how close it was. */
  verify(message: SignedMessage, header: string): Promise<boolean>;
}

/** Signatures looked at in one header: a rotation needs two. */
const MOST_SIGNATURES = 8;

/**
 * Standard Webhooks signatures (`v1`, HMAC-SHA-256) by the runtime's own crypto.
 *
 * @param secrets base64 with or without `whsec_`, the current one first
 * @throws LoomError `invalid_configuration` when there is none, or one is not base64 of at least 16 bytes
 */
export function createSignatures(secrets: readonly string[]): Signatures {
  if (secrets.length === 0) throw invalid("give at least one");
  const keys = secrets.map((secret) => importKey(secretBytes(secret)));
  return {
    async sign(message) {
      const content = contentOf(message);
      return (await Promise.all(keys.map((key) => signature(key, content)))).join(" ");
    },
    async verify(message, header) {
      const content = contentOf(message);
      const given = header.split(" ").slice(0, MOST_SIGNATURES).map(macOf);
      const macs = given.filter((mac) => mac !== undefined);
      const pairs = macs.flatMap((mac) => keys.map((key) => matches(key, mac, content)));
      return (await Promise.all(pairs)).includes(true);
    },
  };
}

function contentOf({ id, timestamp, body }: SignedMessage): Uint8Array<ArrayBuffer> {
  const head = encoder.encode(`${id}.${timestamp}.`);
  const rest = typeof body === "string" ? encoder.encode(body) : body;
  const content = new Uint8Array(head.length + rest.length);
  content.set(head);
  content.set(rest, head.length);
  return content;
}

async function signature(key: HmacKey, content: Uint8Array<ArrayBuffer>): Promise<string> {
  const mac = await crypto.subtle.sign("HMAC", await key, content);
  return `${VERSION},${btoa(String.fromCharCode(...new Uint8Array(mac)))}`;
}

async function matches(
  key: HmacKey,
  mac: Uint8Array<ArrayBuffer>,
  content: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  return crypto.subtle.verify("HMAC", await key, mac, content);
}

function macOf(versioned: string): Uint8Array<ArrayBuffer> | undefined {
  const [version, mac] = versioned.split(",");
  return version === VERSION && mac !== undefined ? fromBase64(mac) : undefined;
}

type HmacKey = ReturnType<typeof importKey>;

function importKey(secret: Uint8Array<ArrayBuffer>) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return crypto.subtle.importKey("raw", secret, algorithm, false, ["sign", "verify"]);
}

function secretBytes(secret: string): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret);
  if (!bytes || bytes.length < 16) throw invalid("each must be base64 of at least 16 bytes");
  return bytes;
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function invalid(what: string): LoomError {
  return new LoomError("invalid_configuration", `Standard Webhooks secrets: ${what}.`);
}
