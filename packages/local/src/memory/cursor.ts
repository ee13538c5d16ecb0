import { LoomError } from "@loom/core";

/** Says, opaquely, where the next page of a list begins. `list` tells the cursors of different lists apart. */
export function encodeCursor(list: string, position: string): string {
  return Buffer.from(JSON.stringify([list, position])).toString("base64url");
}

/**
 * The inverse of {@link encodeCursor}; `undefined` when there is no cursor.
 *
 * @param isPosition whether the list has such a position
 * @throws LoomError `validation_failed` when it is none of this list
 */
export function decodeCursor(
  list: string,
  cursor: string | undefined,
  isPosition: (position: string) => boolean = () => true,
): string | undefined {
  if (cursor === undefined) return undefined;
  const [name, position] = parts(cursor);
  if (name !== list || !isText(position) || !isPosition(position)) throw invalid();
  return position;
}

/** No store keeps a text with NUL, so no list has a place after one. */
function isText(position: unknown): position is string {
  return typeof position === "string" && !position.includes("\0");
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
