import type { Logger } from "@loom/core";

/** Stands for the logger of your service, such as pino: one line of JSON each. */
export const logger: Logger = {
  debug: () => undefined,
  info: line("info"),
  warn: line("warn"),
  error: line("error"),
};

function line(level: string): Logger["info"] {
  return (fields, message) => console.log(JSON.stringify({ level, message, ...fields }, readable));
}

function readable(_: string, value: unknown): unknown {
  return value instanceof Error ? value.message : value;
}
