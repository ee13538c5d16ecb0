import type { Session } from "../database/database.ts";
import { type Statement, statement } from "../database/statement.ts";
import { jsonIn } from "../database/values.ts";
import type { Names } from "../schema/names.ts";

/** What writes that are not compare-and-set answered, so that one repeated after a lost reply is not done twice. */
export interface Operations {
  /** What the operation answered, if it was done. */
  answerOf<T>(session: Session, operation: string): Promise<T | undefined>;
  /** Puts down the answer of an operation that was begun in this transaction. */
  readonly note: Statement;
}

/** The common table expression that begins an operation: it has a row unless the operation was done. */
export function beginOperation({ operations }: Names): string {
  return `operation AS (
    INSERT INTO ${operations} (id) VALUES (:operation) ON CONFLICT DO NOTHING RETURNING 1
  ), outlived AS (
    DELETE FROM ${operations} WHERE id IN (
      SELECT id FROM ${operations} WHERE at < now() - interval '1 hour' ORDER BY at LIMIT 100
      FOR UPDATE SKIP LOCKED
    )
  )`;
}

export function createOperations({ operations }: Names): Operations {
  const read = statement(
    `SELECT answer FROM ${operations} WHERE id = :operation AND answer IS NOT NULL`,
  );
  return {
    async answerOf<T>(session: Session, operation: string) {
      const [row] = await session.query(read, { operation });
      return row && (jsonIn(row, "answer") as T);
    },
    note: statement(`UPDATE ${operations} SET answer = :answer::json WHERE id = :operation`),
  };
}
