import { LoomError } from "@loom/core";
import { type SchemaPlan, schemaMissing } from "../schema/plan.ts";

/** The schema that statements are about. */
type Wanted = Pick<SchemaPlan, "schema" | "remedy">;

/** What a failure of the database means for the one who asked. */
type Kind =
  | "unavailable"
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
  "28": "unavailable",
  "3D": "unavailable",
  "53": "unavailable",
  "53100": "full",
  "55": "unavailable",
  "57": "unavailable",
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

/** Tells what kind of failure an error of the driver is. */
export function failureOf(error: unknown): Kind {
  const code = sqlState(error);
  if (code !== undefined) return KINDS[code] ?? KINDS[code.slice(0, 2)] ?? "refused";
  if (error instanceof Error && error.message === NO_CONNECTION_FREE) return "pool";
  // What else has no state never came from the server: a socket, a name that does not resolve, a pool that has ended.
  return "lost";
}

/** Whether another connection may do better, which leaves open whether the work was done: to a new primary, for instance. */
export function isLoss(error: unknown): boolean {
  return ["lost", "read-only"].includes(failureOf(error));
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

function wordsFor(
  kind: Kind,
  plan: Wanted,
): ["store_unavailable" | "invalid_configuration" | "internal_error", string] {
  switch (kind) {
    case "unavailable":
    case "lost":
      return ["store_unavailable", "Postgres cannot be reached or cannot write now."];
    case "full":
      return ["store_unavailable", DISK_FULL];
    case "read-only":
      return ["store_unavailable", "Postgres is read-only here: a replica, or set so."];
    case "pool":
      return [
        "store_unavailable",
        "No connection of the Postgres pool came free in time: give it a greater max, or give connections back sooner.",
      ];
    case "conflict":
      return ["store_unavailable", "Postgres is too busy with other changes of the same rows."];
    case "schema":
      return ["invalid_configuration", schemaMissing(plan)];
    case "forbidden":
      return [
        "invalid_configuration",
        `The role that connects to Postgres may not use all of the schema ${plan.schema}: grant it its tables, or let it own them.`,
      ];
    case "statement":
      return [
        "invalid_configuration",
        "Postgres does not know a named statement: something between, such as pgbouncer, shares connections. Create the store with namedStatements: false.",
      ];
    case "refused":
      return ["internal_error", "Postgres refused a statement of Loom."];
  }
}

function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" && /^[0-9A-Z]{5}$/.test(error.code) && /\d/.test(error.code)
    ? error.code
    : undefined;
}
