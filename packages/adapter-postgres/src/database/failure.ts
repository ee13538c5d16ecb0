import { LoomError } from "@loom/core";
import { type SchemaPlan, schemaMissing } from "../schema/plan.ts";

/** The schema that statements are about. */
type Wanted = Pick<SchemaPlan, "schema" | "remedy">;

/** What a failure of the database means for the one who asked. */
type Kind =
  | "unavailable"
  | "credentials"
  | "no-database"
  | "crowded"
  | "timeout"
  | "lock"
  | "full"
  | "pool"
  | "lost"
  | "read-only"
  | "conflict"
  | "schema"
  | "forbidden"
  | "statement"
  | "refused";

/** By the first two or all five characters of the SQLSTATE. What is not here is a refusal: a fault of ours. */
const KINDS: Readonly<Record<string, Kind>> = {
  "08": "lost",
  "57P01": "lost",
  "57P02": "lost",
  "57P03": "lost",
  "25006": "read-only",
  "40001": "conflict",
  "40P01": "conflict",
  "25": "unavailable",
  "28": "credentials",
  "3D": "no-database",
  "53": "unavailable",
  "53300": "crowded",
  "53100": "full",
  "55": "unavailable",
  "55P03": "lock",
  "57": "unavailable",
  "57014": "timeout",
  "58": "unavailable",
  XX: "unavailable",
  "3F": "schema",
  "42P01": "schema",
  "42703": "schema",
  "42704": "schema",
  "42501": "forbidden",
  "26": "statement",
  "42P05": "statement",
};

export const DISK_FULL = "The disk of Postgres is full: free some room on it, then try again.";

/** What a pool of pg says, without a code, when none of its connections came free in time. */
const NO_CONNECTION_FREE = "timeout exceeded when trying to connect";

/** How what pg says begins, without a code, when it has no password to show. */
const NO_PASSWORD = "SASL: ";

/** Tells what kind of failure an error of the driver is. */
export function failureOf(error: unknown): Kind {
  const code = sqlState(error);
  if (code !== undefined) return KINDS[code] ?? KINDS[code.slice(0, 2)] ?? "refused";
  const message = error instanceof Error ? error.message : "";
  if (message === NO_CONNECTION_FREE) return "pool";
  if (message.startsWith(NO_PASSWORD)) return "credentials";
  // What else has no state never came from the server: a socket, a name that does not resolve, a pool that has ended.
  return "lost";
}

/** Whether another connection may do better, which leaves open whether the work was done: to a new primary, for instance. */
export function isLoss(error: unknown): boolean {
  return ["lost", "read-only"].includes(failureOf(error));
}

/** Whether the role had no right to do what was asked, by what the caller saw of it. */
export function isForbidden(error: unknown): boolean {
  return LoomError.is(error, "invalid_configuration") && failureOf(error.cause) === "forbidden";
}

/** What the caller sees of a failure: never SQL nor an address; the cause is for logs. */
export function loomErrorOf(error: unknown, plan: Wanted): unknown {
  if (LoomError.is(error) || isFault(error)) return error;
  const [code, message] = wordsFor(failureOf(error), plan);
  return new LoomError(code, message, { cause: error });
}

/** A mistake in a program, ours or the driver's, which no repetition mends. */
export function isFault(error: unknown): boolean {
  return [TypeError, RangeError, ReferenceError, SyntaxError].some((kind) => error instanceof kind);
}

type Words = ["store_unavailable" | "invalid_configuration" | "internal_error", string];

function wordsFor(kind: Kind, { schema, remedy }: Wanted): Words {
  switch (kind) {
    case "schema":
      return ["invalid_configuration", schemaMissing({ schema, remedy })];
    case "forbidden":
      return [
        "invalid_configuration",
        `The role that connects to Postgres may not use all of the schema ${schema}: grant it USAGE on the schema, and SELECT, INSERT, UPDATE and DELETE on its tables, or let it own them.`,
      ];
    case "statement":
      return [
        "invalid_configuration",
        "Postgres does not know a named statement: something between, such as pgbouncer, shares connections. Create the store with namedStatements: false.",
      ];
    case "refused":
      return ["internal_error", "Postgres refused a statement of Loom."];
    default:
      return ["store_unavailable", UNAVAILABLE[kind]];
  }
}

/** What passes by itself or by what an operator does, without a new release. */
const UNAVAILABLE: Readonly<
  Record<Exclude<Kind, "schema" | "forbidden" | "statement" | "refused">, string>
> = {
  unavailable: "Postgres cannot be reached or cannot write now.",
  lost: "Postgres cannot be reached or cannot write now.",
  credentials:
    "Postgres refuses the credentials of the pool: see its user and password, and what pg_hba.conf lets in.",
  "no-database":
    "Postgres has no database of the name that the pool gives: create it, or give another.",
  crowded:
    "Postgres takes no more connections: raise max_connections or the limit of the role, or give the pools a smaller max.",
  timeout:
    "Postgres ended a statement of Loom before it was done, as it does after statement_timeout: raise it for this role.",
  lock: "Postgres waited longer than lock_timeout for what another session holds: see what locks the tables of Loom.",
  full: DISK_FULL,
  "read-only": "Postgres is read-only here: a replica, or set so.",
  pool: "No connection of the Postgres pool came free in time: give it a greater max, or give connections back sooner.",
  conflict: "Postgres is too busy with other changes of the same rows.",
};

function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" && /^[0-9A-Z]{5}$/.test(error.code) && /\d/.test(error.code)
    ? error.code
    : undefined;
}
