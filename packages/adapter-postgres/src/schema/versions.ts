import { first } from "./first-version.ts";
import type { Names } from "./names.ts";

/** One change of the schema. Changes are never edited once released: the next one is added after them. */
export interface SchemaVersion {
  readonly number: number;
  /** Whether a process that does not know this version must not go on. */
  readonly breaking: boolean;
  /** Its statements, each ended by a semicolon. */
  readonly statements: (names: Names) => string;
}

export const VERSIONS: readonly SchemaVersion[] = [
  { number: 1, breaking: false, statements: first },
];
