import { randomBytes } from "node:crypto";

/** What the processes of the story share. */
export interface Secrets {
  /** Makes callback ids. */
  readonly loom: string;
  /** Loom signs its calls to the migrator with it. */
  readonly signing: string;
  /** Brought by who tells the migrator of roll-outs. */
  readonly webhook: string;
}

export function newSecrets(): Secrets {
  const signing = `whsec_${randomBytes(24).toString("base64")}`;
  return { loom: newToken(), signing, webhook: newToken() };
}

export function newToken(): string {
  return randomBytes(24).toString("base64url");
}
