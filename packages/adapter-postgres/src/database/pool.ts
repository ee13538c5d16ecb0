import type { Driver, Outcome, Row, Session } from "./database.ts";
import { type Statement, type Values, valuesOf } from "./statement.ts";

/** What the store asks of a query: the part of pg's own that it uses. */
export interface PostgresQuery {
  text: string;
  values?: unknown[];
  name?: string;
  types?: { getTypeParser(): (value: string) => string };
}

/** The part of a `PoolClient` of pg 8 that the store uses. */
export interface PostgresClient {
  query(query: PostgresQuery): Promise<{ rows: unknown[] }>;
  release(destroy?: boolean): void;
  on(event: "error", listener: () => void): unknown;
  removeListener(event: "error", listener: () => void): unknown;
}

/** The part of a `Pool` of pg 8 that the store uses. */
export interface PostgresPool {
  query(query: PostgresQuery): Promise<{ rows: unknown[] }>;
  connect(): Promise<PostgresClient>;
  on(event: "error", listener: (error: Error) => void): unknown;
  listenerCount(event: "error"): number;
}

/**
 * A transaction whose process stopped in the middle must not hold its locks for ever. The isolation is named because a role or
 * a database may have another default.
 */
const BEGIN =
  "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = '60s'; SET LOCAL lock_timeout = '60s'";

const AS_TEXT = { getTypeParser: () => (value: string) => value };

/** Runs statements over the user's pool: one connection at a time for each call, given back whatever happens. */
export function createPoolDriver(pool: PostgresPool, namedStatements: boolean): Driver {
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
