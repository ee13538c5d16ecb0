import type { PGlite } from "@electric-sql/pglite";
import type { Row } from "../database/database.ts";
import { type Statement, type Values, valuesOf } from "../database/statement.ts";
import { abandon, watch } from "./breakdown.ts";

/** The one session of a database in this process. */
export interface Connection {
  /** Whether the database broke down: nothing can be asked of it then. */
  readonly isBroken: boolean;
  query(statement: Statement, values: Values): Promise<readonly Row[]>;
  /** Runs SQL without parameters, of one statement or several. */
  run(sql: string): Promise<void>;
  /** Ends the database, also one that broke down. */
  close(): Promise<void>;
}

/** The types that statements of the store give back, by their object ids: bool, int8, int4, text, json, float8, bigint sums. */
const TYPES = [16, 20, 23, 25, 114, 701, 1700];
const AS_TEXT = Object.fromEntries(TYPES.map((type) => [type, (value: string) => value]));

export function connectionTo(database: PGlite): Connection {
  const isBroken = watch(database);
  return {
    get isBroken() {
      return isBroken();
    },
    async query(statement, values) {
      const parameters = valuesOf(statement, values);
      const options = { parsers: AS_TEXT };
      return (await told(database.query<Row>(statement.text, parameters, options))).rows;
    },
    async run(sql) {
      await told(database.exec(sql));
    },
    async close() {
      await (isBroken() ? abandon(database) : database.close());
    },
  };
}

async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    forget(error);
    throw error;
  }
}

/** PGlite puts the whole request into its errors, inputs and all: those are not for logs. */
function forget(error: unknown): void {
  if (!(error instanceof Error)) return;
  for (const part of ["query", "params", "queryOptions"]) Reflect.deleteProperty(error, part);
}
