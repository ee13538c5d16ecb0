import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "loom-counts-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: object): string => {
  writeFileSync(join(folder, name), JSON.stringify(content));
  return join(folder, name);
};
const TESTS = file("tests.json", {
  numPassedTests: 7,
  numFailedTests: 0,
  numPendingTests: 1,
  numTodoTests: 1,
});
const CHECKS = file("checks.json", { passed: 3, failed: 0 });
const NOTHING = join(folder, "nothing.json");

function counts(...args: string[]): { line: string; code: number | null } {
  const run = spawnSync(process.execPath, ["scripts/counts.mjs", ...args], { encoding: "utf8" });
  return { line: run.stdout.trim(), code: run.status };
}

test("adds the tests and the checks up", () => {
  expect(counts("0", TESTS, "0", CHECKS)).toEqual({
    line: "10 passed, 0 failed, 2 skipped",
    code: 0,
  });
});

test("counts a run that failed without a failed test", () => {
  expect(counts("1", TESTS, "0", CHECKS)).toEqual({
    line: "10 passed, 1 failed, 2 skipped",
    code: 1,
  });
});

test("counts a run that wrote no report", () => {
  expect(counts("1", NOTHING, "1", NOTHING)).toEqual({
    line: "0 passed, 2 failed, 0 skipped",
    code: 1,
  });
});

test("counts failed checks by their number", () => {
  const failed = file("failed.json", { passed: 1, failed: 2 });
  expect(counts("0", TESTS, "1", failed).line).toBe("8 passed, 2 failed, 2 skipped");
});
