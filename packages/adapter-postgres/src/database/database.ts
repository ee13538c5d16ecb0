import type { Statement, Values } from "./statement.ts";

/** A row as Postgres wrote it: text, whatever the parsers that a user has set up for their own queries. */
export type Row = Readonly<Record<string, string | null>>;

/** Something that runs statements. */
export interface Session {
  query(statement: Statement, values?: Values): Promise<readonly Row[]>;
}

/** What the work of a transaction came to, and whether its writes are kept. */
export interface Outcome<T> {
  readonly keep: boolean;
  readonly answer: T;
}

/** The way to a database: a Pool, or one in this process. Its errors are those of the driver. */
export interface Driver extends Session {
  /** Runs the work in one transaction, read committed, on one connection. */
  transaction<T>(work: (session: Session) => Promise<Outcome<T>>): Promise<T>;
  /** Runs several statements without parameters, all or none. */
  script(sql: string): Promise<void>;
}
