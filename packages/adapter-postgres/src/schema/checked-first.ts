import type { Database } from "../database/repeat.ts";
import { checkSchema } from "./migrate.ts";
import type { SchemaPlan } from "./plan.ts";

/** A database that is used for nothing before its schema was seen to be one that this version of Loom can work with. */
export interface CheckedDatabase {
  readonly database: Database;
  /** Looks again; what is found stands until the next look. @throws LoomError `invalid_configuration` */
  readonly check: () => Promise<void>;
}

/** Whoever uses it first waits for one look at the schema; a process need not open anything to be refused. */
export function checkedFirst(database: Database, plan: SchemaPlan): CheckedDatabase {
  let isFit = false;
  let looking: Promise<void> | undefined;
  const look = async () => {
    isFit = false;
    await checkSchema(database, plan);
    isFit = true;
  };
  const check = () => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  };
  const checked = <T>(work: () => Promise<T>) => (isFit ? work() : check().then(work));
  return {
    check,
    database: {
      query: (...asked) => checked(() => database.query(...asked)),
      attempt: (work) => checked(() => database.attempt(work)),
      transaction: (work) => checked(() => database.transaction(work)),
    },
  };
}
