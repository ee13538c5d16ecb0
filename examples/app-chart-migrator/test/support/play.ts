import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
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
}

/** Runs the whole example as a process of its own, without a terminal and with a temporary folder of its own. */
export async function play(...flags: string[]): Promise<Played> {
  return await playUntil(undefined, ...flags);
}

/** The same, and presses Ctrl-C after a visit, which is paid once the example says that it can be ended. */
export async function playUntil(
  visit: ((stdout: string) => Promise<void>) | undefined,
  ...flags: string[]
): Promise<Played> {
  const temporary = await mkdtemp(join(tmpdir(), "loom-example-test-"));
  const { FORCE_COLOR: _, ...inherited } = process.env;
  const env = { ...inherited, TMPDIR: temporary, TMP: temporary, TEMP: temporary };
  const args = ["--conditions=@loom/source", MAIN, ...flags];
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  try {
    let soFar = "";
    child.stdout.on("data", (chunk: Buffer) => {
      soFar += chunk.toString();
      if (!visit || !soFar.includes("Ctrl-C ends it")) return;
      void visit(soFar).finally(() => child.kill("SIGINT"));
      visit = undefined;
    });
    const said = Promise.all([text(child.stdout), text(child.stderr)]);
    const [exitCode] = (await once(child, "exit")) as [number | null];
    const [stdout, stderr] = await said;
    return { exitCode: exitCode ?? -1, stdout, stderr, leftovers: await readdir(temporary) };
  } finally {
    child.kill("SIGKILL");
    await rm(temporary, { recursive: true, force: true });
  }
}

/** The lines of the check: each fact with its mark. */
export function factsIn(stdout: string): string[] {
  const [, facts = ""] = stdout.split("Check, from the git history of every repository\n");
  return facts.match(/^ {2}[✓✗].*$/gm) ?? [];
}
