import type { Logger } from "../../src/index.ts";

/** A line of a log. */
export interface RecordedLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A logger that remembers. */
export function recordedLog(): { readonly logger: Logger; readonly lines: RecordedLine[] } {
  const lines: RecordedLine[] = [];
  const write =
    (level: string): Logger["info"] =>
    (fields, message) =>
      void lines.push({ level, message, fields });
  const logger = {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
  };
  return { logger, lines };
}
