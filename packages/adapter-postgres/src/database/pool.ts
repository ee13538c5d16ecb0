import { LoomError } from "@loom/core";
import type { Driver, Outcome, Row, Session } from "./database.ts";
import { type Statement, type Values, valuesOf } from "./statement.ts";

/** What the store asks of a query: the part of pg's own that it uses. */
export interface PostgresQuery {
  /** One statement with its parameters as `$1` and so on, or several without. */
  text: string;
  /** The values of the parameters: text, numbers, booleans, null and lists of those. */
  values?: unknown[];
  /** Under which name the connection keeps the statement prepared; absent when it is not to be. */
  name?: string;
  /** Makes every column text, whatever parsers the pool has. */
  types?: { getTypeParser(): (value: string) => string };
}

/** The part of a `PoolClient` of pg 8 that the store uses. */
export interface PostgresClient {
  /** Runs on this connection. Errors of the server have its SQLSTATE in `code`. */
  query(query: PostgresQuery): Promise<{ rows: unknown[] }>;
  /** Gives the connection back; with `true` it is ended, because what it was at is not known to be over. */
  release(destroy?: boolean): void;
  /** Listens while the store has the connection: one that breaks between two queries must not end the process. */
  on(event: "error", listener: () => void): unknown;
  /** Ends that. */
  removeListener(event: "error", listener: () => void): unknown;
}

/** The part of a `Pool` of pg 8 that the store uses. */
export interface PostgresPool {
  /** Runs on any connection. Errors of the server have its SQLSTATE in `code`. */
  query(query: PostgresQuery): Promise<{ rows: unknown[] }>;
  /** A connection for a transaction; the store asks for no other before it has given it back. */
  connect(): Promise<PostgresClient>;
  /** Listens for idle connections that break, if nobody does. */
  on(event: "error", listener: (error: Error) => void): unknown;
  /** Whether somebody does. */
  listenerCount(event: "error"): number;
}

/**
 * A transaction whose process stopped in the middle must not hold its locks for ever. The isolation is named because a role or
 * a database may have another default.
 */
const BEGIN =
  "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = '60s'; SET LOCAL lock_timeout = '60s'";

const AS_TEXT = { getTypeParser: () => (value: string) => value };

/**
 * Runs statements over the user's pool: one connection at a time for each call, given back whatever happens.
 *
 * @throws LoomError `invalid_configuration` for what is no pool
 */
export function createPoolDriver(pool: PostgresPool, namedStatements: boolean): Driver {
  if (!isPool(pool)) throw new LoomError("invalid_configuration", "pool: a Pool of pg 8.");
  // An idle connection that breaks is the pool's to replace; without a listener it would end the process.
  if (pool.listenerCount("error") === 0) pool.on("error", nothing);

  const queryOf = (statement: Statement, values: Values): PostgresQuery => ({
    text: statement.text,
    values: valuesOf(statement, values),
    types: AS_TEXT,
    ...(namedStatements && statement.name !== undefined && { name: statement.name }),
  });

  const sessionOf = (connection: Pick<PostgresPool, "query">): Session => ({
    async query(statement, values = {}) {
      const { rows } = await connection.query(queryOf(statement, values));
      return rows as Row[];
    },
  });

  return {
    ...sessionOf(pool),
    transaction: (work) => withClient(pool, (client) => inTransaction(client, work, sessionOf)),
    async script(sql) {
      await pool.query({ text: sql });
    },
  };
}

function isPool(pool: Partial<PostgresPool> | null | undefined): boolean {
  return [pool?.query, pool?.connect, pool?.on, pool?.listenerCount].every(
    (member) => typeof member === "function",
  );
}

async function withClient<T>(
  pool: PostgresPool,
  work: (client: PostgresClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  // Between two queries a lost connection has nobody else to tell; the next query tells it too.
  client.on("error", nothing);
  let isSound = false;
  try {
    const answer = await work(client);
    isSound = true;
    return answer;
  } finally {
    client.release(!isSound);
    if (isSound) client.removeListener("error", nothing);
  }
}

function nothing(): void {}

/** A connection whose work failed is dropped, which rolls back. */
async function inTransaction<T>(
  client: PostgresClient,
  work: (session: Session) => Promise<Outcome<T>>,
  sessionOf: (client: PostgresClient) => Session,
): Promise<T> {
  await client.query({ text: BEGIN });
  const { keep, answer } = await work(sessionOf(client));
  await client.query({ text: keep ? "COMMIT" : "ROLLBACK" });
  return answer;
}
