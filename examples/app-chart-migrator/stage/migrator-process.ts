import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Log } from "./log.ts";

const MAIN = fileURLToPath(new URL("../migrator/main.ts", import.meta.url));

/** It takes the folder away when this process was killed and cannot. */
const LAST_ONE_OUT = new URL("../../../test/stage/last-one-out.ts", import.meta.url).href;

/** The migrator, in a process of its own. */
export interface MigratorProcess {
  /** Rejects when it ends without being asked to; never resolves. */
  readonly failed: Promise<never>;
  /** Asks it to end and waits until it has. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts the migrator with these environment variables. The open channel between the processes lets it end when this one dies.
 * @param folder holds all files of the demo
 */
export function startMigrator(
  folder: string,
  log: Log,
  environment: Readonly<Record<string, string>>,
): MigratorProcess {
  const child = spawn(process.execPath, [...process.execArgv, "--import", LAST_ONE_OUT, MAIN], {
    env: { ...process.env, ...environment, DEMO_FOLDER: folder },
    stdio: ["ignore", log.fd, log.fd, "ipc"],
  });
  const exited = once(child, "exit");
  let stopping = false;
  const failed = exited.then(async ([code]): Promise<never> => {
    if (stopping) return await new Promise<never>(() => undefined);
    throw new Error(`The migrator ended by itself, with code ${code}`);
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
