import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { fileURLToPath } from "node:url";

/** A program of ours in a process of its own, which serves on a port that it chose. */
export interface Program {
  readonly url: string;
  /** What it has printed so far. */
  log(): string;
  /** Waits until it has printed this. @throws Error when it ends before */
  logged(wanted: RegExp): Promise<RegExpExecArray>;
  /** How it ended, once it has: its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Sends it a signal, unless it has ended, and waits until it has. @returns how it ended */
  end(signal?: "SIGTERM" | "SIGINT" | "SIGKILL"): Promise<number | string>;
}

const LISTENING = /(?:listening|service is) at (http:\/\/[^\s"\\,]+)/i;

/**
 * Starts a TypeScript file by Node's own type stripping, from the sources of the packages.
 *
 * @param environment laid over our own
 * @returns when it has printed that it is `listening at http://…`
 * @throws Error with what it has printed, when it ends before
 */
export async function startProgram(
  file: URL,
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<Program> {
  const child = spawn(
    process.execPath,
    ["--conditions=@loom/source", fileURLToPath(file), ...args],
    {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const ended = endOf(child);
  const output = collect(child, ended);
  const [, url = ""] = await output.logged(LISTENING);
  return {
    ...output,
    url,
    ended,
    async end(signal = "SIGTERM") {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return ended;
    },
  };
}

/** It does not outlive us. */
async function endOf(child: ChildProcess): Promise<number | string> {
  const endWithUs = () => void child.kill("SIGKILL");
  process.once("exit", endWithUs);
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  process.removeListener("exit", endWithUs);
  return code ?? signal ?? "";
}

function collect(
  child: ChildProcess,
  ended: Promise<number | string>,
): Pick<Program, "log" | "logged"> {
  let log = "";
  const more = new EventEmitter().setMaxListeners(0);
  const read = (chunk: Buffer) => {
    log += chunk.toString();
    more.emit("more");
  };
  child.stdout?.on("data", read);
  child.stderr?.on("data", read);
  return {
    log: () => log,
    async logged(wanted) {
      const isOver = ended.then((how) => `It has ended (${how}) before it printed ${wanted}`);
      for (;;) {
        const found = wanted.exec(log);
        if (found) return found;
        const over = await Promise.race([once(more, "more").then(() => undefined), isOver]);
        if (over !== undefined && !wanted.test(log)) throw new Error(`${over}:\n${log}`);
      }
    },
  };
}
