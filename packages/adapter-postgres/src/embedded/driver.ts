import type { Driver, Outcome, Session } from "../database/database.ts";
import type { Connection } from "./connection.ts";
import type { EmbeddedDatabase } from "./embedded-database.ts";

/** Runs statements in this process, one after another in one session. */
export function createEmbeddedDriver(database: EmbeddedDatabase): Driver {
  return {
    query: (statement, values = {}) =>
      database.use((connection) => connection.query(statement, values)),
    transaction: (work) => database.use((connection) => inTransaction(connection, work)),
    script: (sql) => database.use((connection) => orNothing(connection, () => connection.run(sql))),
  };
}

function inTransaction<T>(
  connection: Connection,
  work: (session: Session) => Promise<Outcome<T>>,
): Promise<T> {
  const session: Session = { query: (text, values = {}) => connection.query(text, values) };
  return orNothing(connection, async () => {
    await connection.run("BEGIN ISOLATION LEVEL READ COMMITTED");
    const { keep, answer } = await work(session);
    await connection.run(keep ? "COMMIT" : "ROLLBACK");
    return answer;
  });
}

/** What failed is undone; a database that broke down undoes it by itself when it is opened again. */
async function orNothing<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!connection.isBroken) await connection.run("ROLLBACK");
    throw error;
  }
}
