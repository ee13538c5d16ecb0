import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../migrator/main.ts", import.meta.url));

const LOG_LINES = 30;

/** The migrator, in a process of its own. */
export interface MigratorProcess {
  /** The last lines that it printed. */
  readonly readLog: () => Promise<string>;
  /** Rejects when it ends without being asked to; never resolves. */
  readonly failed: Promise<never>;
  /** Asks it to end and waits until it has. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts the migrator with these environment variables; what it prints goes to a file.
 * The open channel between the processes lets it end when this one dies.
 */
export function startMigrator(
  logFile: string,
  environment: Readonly<Record<string, string>>,
): MigratorProcess {
  const log = openSync(logFile, "a");
  const child = spawn(process.execPath, [...process.execArgv, MAIN], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", log, log, "ipc"],
  });
  const exited = once(child, "exit");
  let stopping = false;
  const failed = exited.then(async ([code]): Promise<never> => {
    if (stopping) return await new Promise<never>(() => undefined);
    throw new Error(`The migrator ended by itself, with code ${code}`);
  });
  failed.catch(() => undefined);
  return {
    readLog: async () => (await readFile(logFile, "utf8")).split("\n").slice(-LOG_LINES).join("\n"),
    failed,
    stop: async () => {
      stopping = true;
      if (isAlive(child)) child.kill();
      await exited;
    },
  };
}

function isAlive({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}
