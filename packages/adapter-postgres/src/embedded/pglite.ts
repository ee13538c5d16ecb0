import { PGlite, type PGliteInterface, type Transaction } from "@electric-sql/pglite";
import type { Driver, Row, Session } from "../database/database.ts";
import { type Values, type Statement, valuesOf } from "../database/statement.ts";

/** The types that statements of the store give back, by their object ids: bool, int8, int4, text, json, float8, bigint sums. */
const TYPES = [16, 20, 23, 25, 114, 701, 1700];
const AS_TEXT = Object.fromEntries(TYPES.map((type) => [type, (value: string) => value]));

/** Opens the database in a folder, which it makes when it is not there; recovers it when its last process was killed. */
export function openDatabase(dir: string): Promise<PGliteInterface> {
  return PGlite.create({ dataDir: dir });
}

/** Runs statements in this process, one after another in one session. */
export function createEmbeddedDriver(database: PGliteInterface): Driver {
  return {
    ...sessionOf(database),
    transaction: (work) =>
      database.transaction(async (transaction) => {
        const { keep, answer } = await work(sessionOf(transaction));
        if (!keep) await transaction.rollback();
        return answer;
      }),
    async script(sql) {
      await execute(database, sql);
    },
  };
}

function sessionOf(connection: Pick<Transaction, "query">): Session {
  return {
    async query(statement: Statement, values: Values = {}) {
      const parameters = valuesOf(statement, values);
      const { rows } = await connection.query<Row>(statement.text, parameters, {
        parsers: AS_TEXT,
      });
      return rows;
    },
  };
}

async function execute(database: PGliteInterface, sql: string): Promise<void> {
  try {
    await database.exec(sql);
  } catch (error) {
    await database.exec("ROLLBACK");
    throw error;
  }
}
