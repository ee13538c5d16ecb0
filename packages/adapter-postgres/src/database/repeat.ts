import { setTimeout as pause } from "node:timers/promises";
import { failureOf, isFault, isLoss, loomErrorOf } from "./failure.ts";
import { LoomError } from "@loom/core";
import type { SchemaPlan } from "../schema/plan.ts";
import type { Driver, Outcome, Row, Session } from "./database.ts";
import type { Statement, Values } from "./statement.ts";

/** Pauses before the repetitions after a lost connection, in milliseconds. */
const AFTER_LOSS = [0, 50, 250];
/** How often work is repeated that Postgres undid in favour of other work. */
const CONFLICTS = 20;

/** A database whose work is repeated when the connection was lost, or when Postgres undid it in favour of other work. */
export interface Database {
  /** Runs a statement that changes nothing when it is run again. */
  query(statement: Statement, values?: Values): Promise<readonly Row[]>;
  /** Runs work that can tell, when it is a repetition, whether it was done the first time. */
  attempt<T>(work: (session: Session, isRepeated: boolean) => Promise<T>): Promise<T>;
  /** The same, in a transaction. */
  transaction<T>(work: (session: Session, isRepeated: boolean) => Promise<Outcome<T>>): Promise<T>;
}

/** A database whose schema may be changed. */
export interface ChangeableDatabase extends Database {
  /** Runs several statements without parameters, all or none, that change nothing when they are run again. */
  script(sql: string): Promise<void>;
}

/** @param plan of the schema that the statements are about, for messages */
export function createDatabase(driver: Driver, plan: SchemaPlan): ChangeableDatabase {
  const repeat = <T>(work: (isRepeated: boolean) => Promise<T>) => repeated(work, plan);
  return {
    query: (statement, values) => repeat(() => driver.query(statement, values)),
    attempt: (work) => repeat((isRepeated) => work(driver, isRepeated)),
    transaction: (work) =>
      repeat((isRepeated) => driver.transaction((session) => work(session, isRepeated))),
    script: (sql) => repeat(() => driver.script(sql)),
  };
}

/**
 * Whether a statement did its work, which it did when a row comes back. A repetition may have waited for the first request, and
 * a statement does not see what was written while it waited: so another one asks whether that request did it.
 */
export function doneOnce(
  database: Database,
  values: Values,
  { act, wasDone }: { readonly act: Statement; readonly wasDone: Statement },
): Promise<boolean> {
  return database.attempt(async (session, isRepeated) => {
    const hasRow = async (asked: Statement) => (await session.query(asked, values)).length > 0;
    return (await hasRow(act)) || (isRepeated && (await hasRow(wasDone)));
  });
}

async function repeated<T>(
  work: (isRepeated: boolean) => Promise<T>,
  plan: SchemaPlan,
): Promise<T> {
  let losses = 0;
  for (let conflicts = 0; ; ) {
    try {
      return await work(losses > 0);
    } catch (error) {
      const milliseconds = pauseAfter(error, { losses, conflicts });
      if (milliseconds === undefined) throw loomErrorOf(error, plan);
      if (isLoss(error)) losses++;
      else conflicts++;
      await pause(milliseconds);
    }
  }
}

/** How long to wait before the work is repeated; `undefined` when it is not to be. */
function pauseAfter(
  error: unknown,
  { losses, conflicts }: { readonly losses: number; readonly conflicts: number },
): number | undefined {
  if (LoomError.is(error) || isFault(error)) return undefined;
  if (isLoss(error)) return AFTER_LOSS[losses];
  return failureOf(error) === "conflict" && conflicts < CONFLICTS ? 20 * Math.random() : undefined;
}
