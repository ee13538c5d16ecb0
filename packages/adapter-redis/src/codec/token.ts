import { hash, randomBytes } from "node:crypto";

/** How many characters a packed token has. */
export const TOKEN_WIDTH = 11;
/** How many characters a token of {@link newToken} has. */
export const CALL_TOKEN_WIDTH = 16;

/** A token of any length in 64 bits: the tokens of the last few operations on a candidate fit into one small field. */
export function packToken(token: string): string {
  return hash("sha256", token, "base64url").slice(0, TOKEN_WIDTH);
}

/** A name for one call of the store: the client may send it twice, when the connection broke before the reply. */
export function newToken(): string {
  return randomBytes((CALL_TOKEN_WIDTH * 3) / 4).toString("base64url");
}
