import { CALLBACK_PREFIX } from "./domain/ids.ts";
import { LoomError } from "./errors.ts";
import type { HmacKey } from "./platform.ts";
import { platform } from "./platform.ts";
import type { CallbackIds, CallbackTarget } from "./ports/callback-ids.ts";

const SECRET_MIN_LENGTH = 16;
const PURPOSE = "loom callback v1\n";

/**
 * Callback ids with Loom's MAC (HMAC-SHA-256), so that one cannot be guessed nor turned to another call.
 *
 * @param secrets the current one first; older ones are still read, so that a rotation breaks no wait
 * @throws LoomError `invalid_configuration` when one is shorter than 16 characters
 */
export function createCallbackIds(secrets: readonly string[]): CallbackIds {
  if (!Array.isArray(secrets) || secrets.length === 0 || !secrets.every(isSecret))
    throw new LoomError(
      "invalid_configuration",
      `secrets: give at least one, each of at least ${SECRET_MIN_LENGTH} characters.`,
    );
  const keys = Promise.all(secrets.map(importSecret));
  keys.catch(() => undefined);
  return {
    async issue(target) {
      const payload = encode(utf8(JSON.stringify(tupleOf(target))));
      const [current] = await keys;
      const mac = await platform.crypto.subtle.sign("HMAC", current as HmacKey, signed(payload));
      return `${CALLBACK_PREFIX}${payload}.${encode(new Uint8Array(mac))}`;
    },
    async read(callbackId) {
      const [payload, mac] = partsOf(callbackId);
      const bytes = mac === undefined ? undefined : decode(mac);
      if (payload === undefined || !bytes) return null;
      for (const key of await keys)
        if (await platform.crypto.subtle.verify("HMAC", key, bytes, signed(payload)))
          return targetOf(payload);
      return null;
    },
  };
}

/** An environment variable that is not set comes here as `undefined`, whatever its type says. */
function isSecret(secret: unknown): boolean {
  return typeof secret === "string" && secret.length >= SECRET_MIN_LENGTH;
}

/** A secret for a Loom whose store does not outlive the process. */
export function randomSecret(): string {
  return encode(platform.crypto.getRandomValues(new Uint8Array(32)));
}

function tupleOf({ runId, call }: CallbackTarget): unknown[] {
  return [runId, call.attempt, call.kind, call.step, call.number];
}

function targetOf(payload: string): CallbackTarget {
  const text = new platform.TextDecoder("utf-8", { fatal: true }).decode(
    decode(payload) ?? new Uint8Array(),
  );
  const [runId, attempt, kind, step, number] = JSON.parse(text) as [
    string,
    number,
    "do" | "undo",
    string,
    number,
  ];
  return { runId, call: { attempt, kind, step, number } };
}

function partsOf(callbackId: string): string[] {
  if (!callbackId.startsWith(CALLBACK_PREFIX)) return [];
  const parts = callbackId.slice(CALLBACK_PREFIX.length).split(".");
  return parts.length === 2 ? parts : [];
}

function importSecret(secret: string): Promise<HmacKey> {
  const algorithm = { name: "HMAC", hash: "SHA-256" } as const;
  return platform.crypto.subtle.importKey("raw", utf8(secret), algorithm, false, [
    "sign",
    "verify",
  ]);
}

function signed(payload: string): Uint8Array {
  return utf8(PURPOSE + payload);
}

function utf8(text: string): Uint8Array {
  return new platform.TextEncoder().encode(text);
}

function encode(bytes: Uint8Array): string {
  return platform
    .btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

function decode(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined;
  try {
    const binary = platform.atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
