import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
