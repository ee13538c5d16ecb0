import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Closing } from "../../../test/stage/closing.ts";

const PROGRAMS = {
  service: new URL("../service/main.ts", import.meta.url),
  worker: new URL("../worker/main.ts", import.meta.url),
  migrator: new URL("../migrator/main.ts", import.meta.url),
};
/** It takes the folder away when this process was killed and cannot. */
const LAST_ONE_OUT = new URL("../../../test/stage/last-one-out.ts", import.meta.url).href;
const LOG_LINES = 30;

type Name = keyof typeof PROGRAMS;

/** A process of the story. */
export interface RunningProcess {
  readonly pid: number;
  /** Where it listens; empty for one that does not. */
  readonly url: string;
  /** Ends it without a word, as a crash would. */
  readonly kill: () => Promise<void>;
}

/** Starts the processes of the story. */
export interface Processes {
  /** Starts a program, and waits until it says that it is ready. @throws Error with what it printed, when it ends before */
  start(name: Name, environment: Readonly<Record<string, string>>): Promise<RunningProcess>;
  /** Rejects when one of them ends without having been asked to; never resolves. */
  readonly broken: Promise<never>;
  /** The last lines that they printed. */
  readLog(): Promise<string>;
}

/** The open channel to each process lets it end when this one dies. */
export function createProcesses(folder: string, closing: Closing): Processes {
  const logFile = join(folder, "log");
  const log = openSync(logFile, "a");
  let fail: (error: Error) => void = () => undefined;
  const broken = new Promise<never>((_, reject) => {
    fail = reject;
  });
  broken.catch(() => undefined);
  const readLog = async () =>
    (await readFile(logFile, "utf8")).split("\n").slice(-LOG_LINES).join("\n");
  const withLog = async ({ message }: Error): Promise<never> => {
    throw new Error(`${message}\n${await readLog()}`);
  };
  return {
    broken,
    readLog,
    async start(name, environment) {
      const child = spawnProgram(name, { ...environment, DEMO_FOLDER: folder }, log);
      const { end, failed } = watch(name, child);
      failed.catch(fail);
      closing.add(() => end("SIGTERM"));
      const ready = once(child, "message") as Promise<[{ readonly url?: string }]>;
      const [facts] = await Promise.race([ready, failed.catch(withLog)]);
      return { pid: child.pid ?? 0, url: facts.url ?? "", kill: () => end("SIGKILL") };
    },
  };
}

function spawnProgram(
  name: Name,
  environment: Readonly<Record<string, string>>,
  log: number,
): ChildProcess {
  return spawn(
    process.execPath,
    [...process.execArgv, "--import", LAST_ONE_OUT, fileURLToPath(PROGRAMS[name])],
    {
      env: { ...process.env, ...environment },
      stdio: ["ignore", log, log, "ipc"],
    },
  );
}

/** How to end a process, and a promise that rejects when it ends by itself. */
function watch(name: string, child: ChildProcess) {
  const exited = once(child, "exit");
  let isWanted = true;
  const failed = exited.then(async ([code, signal]): Promise<never> => {
    if (!isWanted) return await new Promise<never>(() => undefined);
    throw new Error(`The ${name} ended by itself, with ${code ?? signal}.`);
  });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    isWanted = false;
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
  };
  return { failed, end };
}
