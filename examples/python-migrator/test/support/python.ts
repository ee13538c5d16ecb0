import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { onTestFailed, onTestFinished } from "vitest";

const MAIN = resolve(import.meta.dirname, "../../python_upgrade.py");

/** Why the migrator cannot be started here; `undefined` when it can. */
export const missingPython: string | undefined = (() => {
  const { status } = spawnSync("python3", [
    "-c",
    "import sys; sys.exit(sys.version_info < (3, 9))",
  ]);
  if (status === 0) return undefined;
  return status === null ? "there is no python3 on PATH" : "python3 on PATH is older than 3.9";
})();

/** What the migrator is started with. */
export interface MigratorSettings {
  readonly loomUrl: string;
  readonly fleet: string;
  readonly journal: string;
  readonly token: string;
  readonly signingSecret: string;
}

/** Starts the migrator as a process of its own, on a free port. Gives the way to kill it, which leaves it no time for anything. */
export function startMigrator(settings: MigratorSettings): () => Promise<void> {
  const { loomUrl, fleet, journal } = settings;
  const args = [MAIN, "--loom", loomUrl, "--fleet", fleet, "--journal", journal, "--port", "0"];
  const child = spawn("python3", args, {
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      ...process.env,
      NO_PROXY: "127.0.0.1",
      PYTHONDONTWRITEBYTECODE: "1",
      LOOM_TOKEN: settings.token,
      LOOM_SIGNING_SECRET: settings.signingSecret,
    },
  });
  const gone = once(child, "exit");
  const said: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => said.push(text));
  onTestFailed(() => console.error(said.join("")));
  const kill = async () => {
    child.kill("SIGKILL");
    await gone;
  };
  onTestFinished(kill);
  return kill;
}
