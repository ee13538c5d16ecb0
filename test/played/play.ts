import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { eventually } from "../eventually.ts";
import { survivorsOf } from "./survivors.ts";

/** What came of one run of a demo. */
export interface Played extends Left {
  /** −1 when it was killed. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What is left of a demo, once what ends by itself has ended. */
interface Left {
  /** Of its temporary files. */
  readonly leftovers: readonly string[];
  /** Of its processes: their commands. */
  readonly survivors: readonly string[];
}

/** What to do with a demo while it runs. */
export interface Visit {
  /** Of a line: when it is there, the visit is paid, and the demo ended after it. */
  readonly at: string;
  readonly pay?: (stdout: string) => Promise<void>;
  /** Default: SIGTERM to the demo alone. */
  readonly end?: Ending;
}

/** A way in which somebody ends a demo before it is over. */
export type Ending = (demo: ChildProcess) => unknown;

export const ENDINGS = {
  /** All processes of the terminal are told. */
  "Ctrl-C": (demo) => process.kill(-(demo.pid ?? 0), "SIGINT"),
  "closing the terminal": (demo) => process.kill(-(demo.pid ?? 0), "SIGHUP"),
  "a signal to the demo alone": (demo) => demo.kill("SIGHUP"),
  "a reader of its output who goes away": (demo) => demo.stdout?.destroy(),
} as const satisfies Readonly<Record<string, Ending>>;

/** Without a word, and without a chance to tidy up. */
export const byKill: Ending = (demo) => demo.kill("SIGKILL");

/**
 * Runs a whole demo as processes of their own: without a terminal, with a temporary folder of its own.
 *
 * @param main the demo's main file
 */
export async function playDemo(
  main: URL,
  flags: readonly string[],
  { visit, environment }: { readonly visit?: Visit; readonly environment?: NodeJS.ProcessEnv } = {},
): Promise<Played> {
  const temporary = await mkdtemp(join(tmpdir(), "loom-example-test-"));
  await chmod(temporary, 0o755); // Postgres runs as an unprivileged user where we are root
  const { FORCE_COLOR: _, ...inherited } = process.env;
  const env = { ...inherited, ...environment, TMPDIR: temporary, TMP: temporary, TEMP: temporary };
  const args = ["--conditions=@loom/source", fileURLToPath(main), ...flags];
  // a group of its own, as a terminal makes for a command
  const stdio: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];
  const demo = spawn(process.execPath, args, { env, stdio, detached: true });
  try {
    const said = Promise.all([heard(demo, visit), text(demo.stderr)]);
    const [exitCode] = (await once(demo, "exit")) as [number | null];
    const [stdout, stderr] = await said;
    const left = await whatIsLeft(temporary, demo.pid ?? 0);
    return { exitCode: exitCode ?? -1, stdout, stderr, ...left };
  } finally {
    killGroup(demo.pid ?? 0);
    await rm(temporary, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** All that it prints, and the visit when it is time for it. */
async function heard(demo: ChildProcess, visit: Visit | undefined): Promise<string> {
  let soFar = "";
  let isPaid = visit === undefined;
  demo.stdout?.on("data", (chunk: Buffer) => {
    soFar += chunk.toString();
    if (isPaid || !visit || !soFar.includes(visit.at)) return;
    isPaid = true;
    const end = visit.end ?? (() => demo.kill("SIGTERM"));
    void Promise.resolve(visit.pay?.(soFar)).finally(() => end(demo));
  });
  if (demo.stdout) await once(demo.stdout, "close");
  return soFar;
}

async function whatIsLeft(temporary: string, group: number): Promise<Left> {
  const look = async () => ({
    leftovers: await readdir(temporary),
    survivors: await survivorsOf(group),
  });
  const nothing = async () => expect(await look()).toEqual({ leftovers: [], survivors: [] });
  await eventually(nothing).catch(() => undefined);
  return look();
}

function killGroup(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // none of it is there any more
  }
}
