import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** What came of one run of the example. */
export interface Played {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What is left of its temporary files. */
  readonly leftovers: readonly string[];
  /** Those of its processes that are still there. */
  readonly survivors: readonly number[];
}

/** What to do with the example while it runs. */
export interface Visit {
  /** Of a line: when it is there, the visit is paid, and SIGTERM sent after it. */
  readonly at: string;
  readonly pay?: (stdout: string) => Promise<void>;
}

/** Runs the whole example as a process of its own, without a terminal and with a temporary folder of its own. */
export async function play(
  flags: readonly string[],
  { visit, environment }: { readonly visit?: Visit; readonly environment?: NodeJS.ProcessEnv } = {},
): Promise<Played> {
  const temporary = await mkdtemp(join(tmpdir(), "loom-example-test-"));
  await chmod(temporary, 0o755); // Postgres runs as an unprivileged user where we are root
  const { FORCE_COLOR: _, ...inherited } = process.env;
  const env = { ...inherited, ...environment, TMPDIR: temporary, TMP: temporary, TEMP: temporary };
  const args = ["--conditions=@loom/source", MAIN, ...flags];
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  try {
    if (visit) payWhenItIsTime(child, visit);
    const said = Promise.all([text(child.stdout), text(child.stderr)]);
    const [exitCode] = (await once(child, "exit")) as [number | null];
    const [stdout, stderr] = await said;
    const leftovers = await readdir(temporary);
    return { exitCode: exitCode ?? -1, stdout, stderr, leftovers, survivors: survivorsOf(stdout) };
  } finally {
    child.kill("SIGKILL");
    await rm(temporary, { recursive: true, force: true });
  }
}

function payWhenItIsTime(child: ReturnType<typeof spawn>, { at, pay }: Visit): void {
  let soFar = "";
  let isPaid = false;
  child.stdout?.on("data", (chunk: Buffer) => {
    soFar += chunk.toString();
    if (isPaid || !soFar.includes(at)) return;
    isPaid = true;
    void Promise.resolve(pay?.(soFar)).finally(() => child.kill("SIGTERM"));
  });
}

/** The example names its processes where it starts them. */
function survivorsOf(stdout: string): number[] {
  const pids = [...stdout.matchAll(/process (\d+)/g)].map(([, pid]) => Number(pid));
  return pids.filter(isAlive);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The lines of the check: each fact with its mark. */
export function factsIn(stdout: string): string[] {
  const [, facts = ""] = stdout.split("\nCheck, from ");
  return facts.match(/^ {2}[✓✗].*$/gm) ?? [];
}
