import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { isOnPath } from "./on-path.ts";

const ROOT = resolve(import.meta.dirname, "..");
const page = readFileSync(join(ROOT, "docs/quickstart.md"), "utf8");
/** For two processes and a Postgres to start, twice, on a machine that has more to do. */
const PATIENCE_MS = 300_000;
const undo: (() => void)[] = [];

afterEach(() => {
  for (const step of undo.splice(0).toReversed()) step();
});

const freePort = (): Promise<number> =>
  new Promise((found) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => found(typeof address === "object" && address ? address.port : 0));
    });
  });

/** The page as it stands, but for its ports, which may be taken. */
async function openPage() {
  const [loomPort, migratorPort] = [await freePort(), await freePort()];
  const text = page.replaceAll("3000", String(loomPort)).replaceAll("3001", String(migratorPort));
  const blocks = [...text.matchAll(/```(?:ts|sh)\n([^]*?)```/g)].map(([, code = ""]) => code);
  const [, loom = "", migrator = "", operator = ""] = blocks;
  const folder = mkdtempSync(join(ROOT, "test/.docs-"));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  return { loom, migrator, operator, folder, url: `http://127.0.0.1:${loomPort}` };
}

function run(
  folder: string,
  name: string,
  code: string,
  args: readonly string[] = [],
): ChildProcess {
  writeFileSync(join(folder, name), code);
  const child = spawn(process.execPath, ["--conditions=@loom/source", name, ...args], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  undo.push(() => child.kill("SIGKILL"));
  return child;
}

/** The operator's block, as it is written, by a shell that gives up on the first command that fails. */
async function play(script: string): Promise<string> {
  const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script]);
  return stdout;
}

/** The page is for people who have these; on a machine with Node alone there is nothing to run it with. */
const missing = ["bash", "curl", "grep"].filter((tool) => !isOnPath(tool));

test.skipIf(missing.length > 0)(
  "the quickstart does what it says, pasted at once while both sides still start",
  { timeout: PATIENCE_MS },
  async () => {
    const { loom, migrator, operator, folder } = await openPage();
    run(folder, "loom.ts", loom);
    run(folder, "migrator.ts", migrator);
    const said = await play(operator);
    expect(said).toContain("Good day, billing!");
    expect(said.split("\n").at(-2)).toContain('"completed"');
    expect(said).toContain('{"status":"accepted"}');
  },
);

test.skipIf(missing.length > 0)(
  "the quickstart with --data goes on after kill -9 where it was",
  { timeout: PATIENCE_MS },
  async () => {
    const { loom, migrator, operator, folder, url } = await openPage();
    const inFolder = ["--data", "loom-data"];
    const first = run(folder, "loom.ts", loom, inFolder);
    await play(`until curl -so /dev/null ${url}; do sleep 0.2; done`);
    run(folder, "migrator.ts", migrator);
    const [setup = "", steps = ""] = operator.split(/\n\n/);
    const review = steps.indexOf("until", 1);
    const before = await play(`${setup}\n${steps.slice(0, review)}\n${lineAt(steps, review)}`);
    const ended = once(first, "exit");
    first.kill("SIGKILL");
    await ended;
    run(folder, "loom.ts", loom, inFolder);
    const after = await play(`${setup}\n${steps.slice(review)}`);
    expect(after.split("\n")[0]).toBe(before.trim().split("\n").at(-1));
    expect(after).toContain('{"status":"accepted"}');
    expect(after).toContain('"completed"');
  },
);

test("in memory the quickstart needs none of the packages of --data", async () => {
  const { loom } = await openPage();
  const needed = [...loom.matchAll(/^import .* from "(.+)";$/gm)].map(([, name]) => name);
  expect(needed).toEqual(expect.arrayContaining(["@loom/core", "@loom/http", "@loom/local"]));
  expect(needed.join()).not.toContain("postgres");
});

test("what both files import is in the line that installs it", () => {
  const installed = new Set(/^npm install (.+)$/m.exec(page)?.[1]?.split(" "));
  const imports = page.matchAll(/^import .* from "((?:@[^/"]+\/)?[^/":]+)[^":]*";$/gm);
  const needed = new Set([...imports].map(([, name = ""]) => name));
  expect(needed).toEqual(installed);
});

function lineAt(text: string, start: number): string {
  return text.slice(start).split("\n")[0] ?? "";
}
