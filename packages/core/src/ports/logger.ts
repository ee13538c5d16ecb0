/**
 * Where Loom writes what happens: any logger with these methods, such as pino's. Fields never hold secrets; an error is in the
 * field `err`, which pino and its like write out with its stack and its causes.
 */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/** Named facts of a log line. */
export type LogFields = Readonly<Record<string, unknown>>;
