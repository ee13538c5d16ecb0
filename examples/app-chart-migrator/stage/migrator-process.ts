import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../migrator/main.ts", import.meta.url));

/** The migrator, in a process of its own. */
export interface MigratorProcess {
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
    const said = (await readFile(logFile, "utf8")).split("\n").slice(-20).join("\n");
    throw new Error(`The migrator ended by itself, with code ${code}:\n${said}`);
  });
  failed.catch(() => undefined);
  return {
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
