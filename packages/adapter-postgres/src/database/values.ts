import { createHash } from "node:crypto";
import type { Row } from "./database.ts";

/** A column that is never NULL. */
export function textIn(row: Row | undefined, column: string): string {
  const value = row?.[column];
  if (value === undefined || value === null)
    throw new TypeError(`There is no ${column} in the row.`);
  return value;
}

export function numberIn(row: Row | undefined, column: string): number {
  return Number(textIn(row, column));
}

/** A column of JSON: of the type that was written there. */
export function jsonIn(row: Row | undefined, column: string): unknown {
  return JSON.parse(textIn(row, column));
}

/** A moment kept as epoch milliseconds, as people read it. */
export function timestampIn(row: Row | undefined, column: string): string {
  return new Date(numberIn(row, column)).toISOString();
}

/** Epoch milliseconds of a moment that people read. */
export function momentOf(timestamp: string): number {
  return Date.parse(timestamp);
}

/** A name of any length as one of 16 bytes, in the form of a UUID. */
export function digestOf(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 32);
}
