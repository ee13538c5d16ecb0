import { LoomError } from "@loom/core";

/** Says, opaquely, where the next page of a list begins. `list` tells the cursors of different lists apart. */
export function encodeCursor(list: string, ...position: readonly string[]): string {
  return Buffer.from(JSON.stringify([list, ...position])).toString("base64url");
}

/**
 * The inverse of {@link encodeCursor}; `undefined` when there is no cursor.
 *
 * @param length how many parts a position in that list has
 * @throws LoomError `validation_failed` when it is none of this list
 */
export function decodeCursor(
  list: string,
  cursor: string | undefined,
  length = 1,
): readonly string[] | undefined {
  if (cursor === undefined) return undefined;
  const [name, ...position] = parts(cursor);
  if (name === list && position.length === length && position.every(isText)) return position;
  throw invalid();
}

/** The same for a list whose positions are numbers. */
export function decodeNumber(list: string, cursor: string | undefined): string | undefined {
  const [position] = decodeCursor(list, cursor) ?? [];
  if (position === undefined || /^\d{1,18}$/.test(position)) return position;
  throw invalid();
}

/** Postgres keeps no NUL, so no position has one. */
function isText(part: unknown): part is string {
  return typeof part === "string" && !part.includes("\0");
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
