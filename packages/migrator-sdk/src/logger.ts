/**
 * Where the migrator writes what happens: any logger with these methods, such as pino's. What was thrown is in the field `err`,
 * which pino and its like write out with its stack and its causes.
 */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/** Named facts of a log line. */
export type LogFields = Readonly<Record<string, unknown>>;

/** A logger that has its facts on every line already. Both ways to call it are one: `log.info("…")`, `log.info({ pr }, "…")`. */
export interface StepLogger {
  debug(...line: LogLine): void;
  info(...line: LogLine): void;
  warn(...line: LogLine): void;
  error(...line: LogLine): void;
}

/** A message, with or without facts before it. */
export type LogLine = [message: string] | [fields: LogFields, message: string];

const { console: output } = globalThis;

/** What is worth a person's attention goes to the console; the rest nowhere. */
export const consoleLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (fields, message) => output.warn(`loom: ${message}`, fields),
  error: (fields, message) => output.error(`loom: ${message}`, fields),
};

/** Puts the facts on every line. */
export function withFields(logger: Logger, facts: LogFields): StepLogger {
  const write =
    (level: keyof Logger) =>
    (...line: LogLine) => {
      const [fields, message] = line.length === 1 ? [{}, line[0]] : line;
      logger[level]({ ...fields, ...facts }, message);
    };
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}
