import { execFileSync } from "node:child_process";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { LOOM_ERRORS } from "@loom/core";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const SCRATCH = join(ROOT, "test/.docs");
const PAGES = ["*.md", "docs/**/*.md", "packages/*/README.md", "examples/*/README.md"];

interface Block {
  readonly page: string;
  readonly line: number;
  readonly code: string;
}

/**
 * The TypeScript blocks of a page. A comment `<!-- given: … -->` right before one holds declarations that the reader has in
 * their own service and that the block therefore does not show.
 */
function blocksOf(page: string): Block[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  const blocks = text.matchAll(/(?:<!-- given:([^]*?)-->\n+)?^```ts\n([^]*?)^```$/gm);
  return [...blocks].map(([, given = "", code = ""]) => ({
    page,
    line: text.slice(0, text.indexOf(code)).split("\n").length,
    code: `${given.trim()}\n${code}\nexport {};\n`,
  }));
}

function compile(blocks: readonly Block[]): string {
  rmSync(SCRATCH, { recursive: true, force: true });
  mkdirSync(SCRATCH, { recursive: true });
  const config = { extends: "../../tsconfig.base.json", include: ["*.ts"] };
  writeFileSync(join(SCRATCH, "tsconfig.json"), JSON.stringify(config));
  for (const { page, line, code } of blocks)
    writeFileSync(join(SCRATCH, `${page.replaceAll("/", "_")}.${line}.ts`), code);
  try {
    execFileSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", SCRATCH], { encoding: "utf8" });
    return "";
  } catch (error) {
    return (error as { stdout: string }).stdout;
  } finally {
    rmSync(SCRATCH, { recursive: true, force: true });
  }
}

const pages = globSync(PAGES, { cwd: ROOT }).filter((page) => !page.includes("node_modules"));
const blocks = pages.flatMap(blocksOf);

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
