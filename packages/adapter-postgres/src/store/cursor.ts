import { LoomError } from "@loom/core";

/** Says, opaquely, where the next page of a list begins. `list` tells the cursors of different lists apart. */
export function encodeCursor(list: string, ...position: readonly string[]): string {
  return Buffer.from(JSON.stringify([list, ...position])).toString("base64url");
}

/** What a part of a position may be. Postgres keeps no NUL, so no text has one. */
const PARTS = { text: /^[^\0]*$/, number: /^\d{1,18}$/ } as const;

/**
 * The inverse of {@link encodeCursor}; `undefined` when there is no cursor.
 *
 * @param kinds what the parts of a position in that list are
 * @throws LoomError `validation_failed` when it is none of this list
 */
export function decodeCursor(
  list: string,
  cursor: string | undefined,
  kinds: readonly (keyof typeof PARTS)[] = ["text"],
): readonly string[] | undefined {
  if (cursor === undefined) return undefined;
  const [name, ...found] = parts(cursor);
  const position = found.filter((part, n) => isPart(part, kinds[n]));
  if (name === list && found.length === kinds.length && position.length === kinds.length)
    return position;
  throw invalid();
}

function isPart(part: unknown, kind: keyof typeof PARTS | undefined): part is string {
  return kind !== undefined && typeof part === "string" && PARTS[kind].test(part);
}

function parts(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function invalid(): LoomError {
  const message = "is not a cursor of this list; leave it out to begin at the first page";
  return new LoomError("validation_failed", `The cursor ${message}.`, {
    details: { issues: [{ path: "cursor", message }] },
  });
}
