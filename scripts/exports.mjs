// Packs every package as it would be published and looks at the result with publint and attw. Build first.
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { dirname } from "node:path";

/** Says which command ran, and what it said only when it failed: both tools are wordy. */
function passes(command, ...args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  console.log(`${status === 0 ? "passed" : "FAILED"}: ${command} ${args.join(" ")}`);
  if (status !== 0) console.log(stdout, stderr);
  return status === 0;
}

const folders = globSync("packages/*/package.json").map(dirname).toSorted();
const results = folders.flatMap((folder) => [
  passes("publint", folder, "--strict"),
  passes("attw", "--pack", folder, "--profile", "esm-only", "--format", "ascii"),
]);
process.exitCode = results.every(Boolean) ? 0 : 1;
