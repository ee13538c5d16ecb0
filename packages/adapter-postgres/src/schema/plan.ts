import { LoomError } from "@loom/core";

/** One change of a schema. Changes are never edited once released: the next one is added after them. */
export interface SchemaVersion {
  readonly number: number;
  /** Whether a process that does not know this version must not go on. */
  readonly breaking: boolean;
  /** Its statements, each ended by a semicolon. */
  readonly statements: string;
}

/** A schema of ours, and how it came to be what it is. */
export interface SchemaPlan {
  readonly schema: string;
  readonly versions: readonly SchemaVersion[];
  /** What to do when it is missing or outdated: the end of a sentence. */
  readonly remedy: string;
  /** The call that prints its SQL. */
  readonly sqlFrom: string;
  /** The quoted names of all that is read and written. */
  readonly tables: readonly string[];
  /** The quoted names of the types of its columns. */
  readonly types: readonly string[];
}

const NAME = /^[A-Za-z_][\w-]{0,62}$/;

/** @throws LoomError `invalid_configuration` for a name that cannot be one of a schema */
export function quotedSchema(schema: unknown): string {
  if (typeof schema === "string" && NAME.test(schema) && !schema.startsWith("pg_"))
    return `"${schema}"`;
  throw new LoomError(
    "invalid_configuration",
    "schema: a letter or underscore and up to 62 letters, digits, underscores and hyphens; not one that begins with pg_.",
  );
}

/** What to tell when a schema is missing or outdated. */
export function schemaMissing({ schema, remedy }: Pick<SchemaPlan, "schema" | "remedy">): string {
  return `The Postgres schema ${schema} is missing, or older than this version of Loom needs: ${remedy}.`;
}
