import { execFileSync } from "node:child_process";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { LOOM_ERRORS } from "@loom/core";
import { expect, test } from "vitest";
import type { Block } from "../scripts/doc-blocks.ts";
import { docBlocks, fileOf } from "../scripts/doc-blocks.ts";

const ROOT = resolve(import.meta.dirname, "..");
const SCRATCH = join(ROOT, "test/.docs");

function compile(blocks: readonly Block[]): string {
  rmSync(SCRATCH, { recursive: true, force: true });
  mkdirSync(SCRATCH, { recursive: true });
  const config = { extends: "../../tsconfig.base.json", include: ["*.ts"] };
  writeFileSync(join(SCRATCH, "tsconfig.json"), JSON.stringify(config));
  for (const block of blocks) writeFileSync(join(SCRATCH, fileOf(block)), block.code);
  try {
    execFileSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", SCRATCH], { encoding: "utf8" });
    return "";
  } catch (error) {
    return (error as { stdout: string }).stdout;
  } finally {
    rmSync(SCRATCH, { recursive: true, force: true });
  }
}

const blocks = docBlocks();

const PATIENCE_MS = 120_000;

test("every TypeScript block of the documentation compiles", { timeout: PATIENCE_MS }, () => {
  expect(blocks.length).toBeGreaterThan(0);
  expect(compile(blocks)).toBe("");
});

test("a block that is wrong is reported", { timeout: PATIENCE_MS }, () => {
  const wrong = {
    page: "wrong.md",
    line: 1,
    code: 'import { nothing } from "@loom/core";\nnothing();',
  };
  expect(compile([wrong])).toContain("wrong.md.1.ts");
});

test("the page about errors has a row for every code, with its status", () => {
  const page = readFileSync(join(ROOT, "docs/errors.md"), "utf8");
  const rows = page.matchAll(/^\| `(\w+)` \| (\d+) \| (yes|no) \|/gm);
  const documented = [...rows].map(([, code = "", status, again]) => [
    code,
    { status: Number(status), retryable: again === "yes" },
  ]);
  const real = Object.entries(LOOM_ERRORS).map(([code, { status, retryable }]) => [
    code,
    { status, retryable },
  ]);
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(real));
});

const COMMAND = /(?:(LOOM_\w+)=\d+ )?npm test -- ([\w/ -]+?)(?: -t "([^"]+)")?[`\n]/g;

test("every command of the page about reliability finds its tests, their titles and its variable", () => {
  const files = globSync("{packages,test}/**/*.ts", { cwd: ROOT, exclude: ["**/node_modules"] });
  const tests = files.filter((path) => path.endsWith(".test.ts"));
  const code = files.map((path) => readFileSync(join(ROOT, path), "utf8")).join("\n");
  const page = readFileSync(join(ROOT, "docs/reliability.md"), "utf8");
  const commands = [...page.matchAll(COMMAND)];
  expect(commands.length).toBeGreaterThan(9);
  for (const [command, variable = "", words = "", title = ""] of commands) {
    // A word with a slash is the beginning of a path.
    const finds = (word: string) => (path: string) =>
      word.includes("/") ? path.startsWith(word) : path.includes(word);
    const missing = words.split(" ").filter((word) => !tests.some(finds(word)));
    expect({ command, missing }).toEqual({ command, missing: [] });
    expect(code).toContain(title);
    expect(code).toContain(variable && `process.env["${variable}"]`);
  }
});
