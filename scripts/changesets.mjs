// Every package that changed since its last version is named in a changeset. `changeset status` asks the same,
// but compares with a branch, which a detached or shallow clone does not have.
import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { readChangesets } from "@changesets/read";

const git = (...args) => execFileSync("git", args, { encoding: "utf8" }).trim();

const packages = globSync("packages/*/package.json")
  .map((file) => ({ folder: dirname(file), ...JSON.parse(readFileSync(file, "utf8")) }))
  .filter((pkg) => !pkg.private);

function changedSinceItsVersion({ folder, version }) {
  if (version === "0.0.0") return true; // not released yet
  const manifest = `${folder}/package.json`;
  const versionCommit = git("log", "-1", "--format=%H", '-G^  "version":', "--", manifest);
  const notTests = [":!*.test.ts", `:!${folder}/test`, `:!${folder}/etc`];
  return git("diff", "--name-only", versionCommit, "--", folder, ...notTests) !== "";
}

const changesets = await readChangesets(process.cwd());
const named = changesets.flatMap(({ releases }) => releases.map(({ name }) => name));
const names = packages.map(({ name }) => name);
const problems = [
  ...named
    .filter((name) => !names.includes(name))
    .map((name) => `a changeset names ${name}, which is not a published package`),
  ...packages
    .filter((pkg) => changedSinceItsVersion(pkg) && !named.includes(pkg.name))
    .map(({ name }) => `${name} changed and no changeset names it: npx changeset`),
];
for (const problem of problems) console.error(problem);
console.log(`${changesets.length} changesets, ${packages.length} packages`);
process.exitCode = problems.length > 0 ? 1 : 0;
