// Packs every package as it would be published and looks at the result with publint and attw. Build first.
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

/** Says which command ran, and what it said only when it failed: both tools are wordy. */
function passes(command, ...args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  console.log(`${status === 0 ? "passed" : "FAILED"}: ${command} ${args.join(" ")}`);
  if (status !== 0) console.log(stdout, stderr);
  return status === 0;
}

/** npm packs a LICENSE only from the package's own folder, so that each holds a copy of the repository's. */
function isLicensed(folder) {
  const [ours, theirs] = ["LICENSE", `${folder}/LICENSE`].map(
    (file) => globSync(file).map(read)[0],
  );
  const same = ours === theirs;
  console.log(`${same ? "passed" : "FAILED"}: ${folder}/LICENSE is the repository's`);
  return same;
}

function read(file) {
  return readFileSync(file, "utf8");
}

const folders = globSync("packages/*/package.json").map(dirname).toSorted();
const results = folders.flatMap((folder) => [
  isLicensed(folder),
  passes("publint", folder, "--strict"),
  passes("attw", "--pack", folder, "--profile", "esm-only", "--format", "ascii"),
]);
process.exitCode = results.every(Boolean) ? 0 : 1;
