import { createHash } from "node:crypto";

/** A value for a parameter. `undefined` is NULL. */
export type Value =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly (string | number | boolean | null)[];

/** Values for the parameters of a statement, by name. */
export type Values = Readonly<Record<string, Value>>;

/** One SQL statement, put together once and run often. */
export interface Statement {
  /** With numbered parameters. */
  readonly text: string;
  /** The names of the parameters, in the order of their numbers. */
  readonly parameters: readonly string[];
  /** Unique to the text, so that a connection can keep it prepared; absent when it is not to be kept. */
  readonly name?: string;
}

const PARAMETER = /(?<!:):([a-z]\w*)/gi;

/** Makes a statement of SQL whose parameters are written `:name`. */
export function statement(sql: string): Statement {
  const parameters: string[] = [];
  const text = sql.replace(PARAMETER, (_, name: string) => {
    if (!parameters.includes(name)) parameters.push(name);
    return `$${parameters.indexOf(name) + 1}`;
  });
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 24);
  return { text, parameters, name: `loom_${hash}` };
}

/**
 * The same, planned anew for the values of each run: for one whose best plan depends on them. That costs some tenths of a
 * millisecond.
 */
export function plannedEachTime(sql: string): Statement {
  const { text, parameters } = statement(sql);
  return { text, parameters };
}

/** A text as it is written within SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Statements that differ in shape only: each is put together when first needed. */
export function statements<Shape extends readonly (string | boolean)[]>(
  sqlOf: (...shape: Shape) => string,
  make: (sql: string) => Statement = statement,
): (...shape: Shape) => Statement {
  const made = new Map<string, Statement>();
  return (...shape) => {
    const key = shape.join();
    const known = made.get(key) ?? make(sqlOf(...shape));
    made.set(key, known);
    return known;
  };
}

/** The values in the order of the parameters. */
export function valuesOf({ parameters }: Statement, values: Values): Exclude<Value, undefined>[] {
  return parameters.map((name) => values[name] ?? null);
}
