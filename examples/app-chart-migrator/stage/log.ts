import { openSync, writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { inspect } from "node:util";
import type { Logger } from "@loom/core";

const LINES = 30;

/** What Loom and the migrator say behind the scenes: a file, which is shown only when something breaks. */
export interface Log {
  /** Where the migrator's process prints to. */
  readonly fd: number;
  /** What Loom writes with. */
  readonly logger: Logger;
  /** The last lines of it. */
  readonly readLast: () => Promise<string>;
}

/** Opens it. @param file is made */
export function openLog(file: string): Log {
  const fd = openSync(file, "a");
  const write = (level: string) => (fields: object, message: string) =>
    void writeSync(fd, `loom ${level} ${message} ${inspect(fields)}\n`);
  return {
    fd,
    logger: { debug() {}, info: write("info"), warn: write("warn"), error: write("error") },
    readLast: async () => (await readFile(file, "utf8")).split("\n").slice(-LINES).join("\n"),
  };
}
