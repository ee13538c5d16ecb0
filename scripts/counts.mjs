// node scripts/counts.mjs TESTS_EXIT TESTS_JSON CHECKS_EXIT CHECKS_JSON: prints "N passed, N failed, N skipped".
// Plain JavaScript: any Node ≥ 20 can run it.
import { readFileSync } from "node:fs";

function read(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return {}; // it did not come far enough to write one: its exit code says so
  }
}

/** A run that failed counts at least one failure, also where no test or check of it did. */
const atLeastOneIf = (failed, count) => (failed ? Math.max(count, 1) : count);

const [testsExit, testsFile, checksExit, checksFile] = process.argv.slice(2);
const tests = read(testsFile);
const checks = read(checksFile);
const passed = (tests.numPassedTests ?? 0) + (checks.passed ?? 0);
const failed =
  atLeastOneIf(testsExit !== "0", tests.numFailedTests ?? 0) +
  atLeastOneIf(checksExit !== "0", checks.failed ?? 0);
const skipped = (tests.numPendingTests ?? 0) + (tests.numTodoTests ?? 0);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
