// Installs the dependencies when they are missing or stale. Plain JavaScript: any Node ≥ 20 can run it.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const INSTALLED = "node_modules/.package-lock.json"; // written by npm at the end of an install

const packagesOf = (file) => JSON.parse(readFileSync(file, "utf8")).packages;

/** Why an install is needed, or null. Optional packages may be absent: most are for other platforms. */
function reasonToInstall() {
  if (!existsSync(INSTALLED)) return "they are not installed";
  const installed = packagesOf(INSTALLED);
  for (const [path, wanted] of Object.entries(packagesOf("package-lock.json"))) {
    if (path === "") continue;
    const found = installed[path];
    if (!found && wanted.optional) continue;
    if (found?.version !== wanted.version) return `${path} is not what package-lock.json says`;
  }
  return null;
}

export function ensureDependencies() {
  const reason = reasonToInstall();
  if (!reason) return;
  console.log(`Installing dependencies (${reason}): npm ci`);
  const options = { stdio: "inherit", shell: process.platform === "win32" };
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], options);
  if (status !== 0) {
    console.error("npm ci failed, see above.");
    process.exit(1);
  }
}
