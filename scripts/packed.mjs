// Installs the Temporal engine as a user gets it, into a folder outside of the checkout, and bundles a worker's workflows with it.
// Webpack follows what is published there, not our sources. Build first.
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const PACKED = ["core", "engine-temporal"];

/** A worker's own module of workflows, as the README tells a platform team to write it. */
const WORKFLOWS = `
export * from "@loom/engine-temporal/workflows";
export async function greet(name: string): Promise<string> { return "hello " + name; }
`;

const PROGRAM = `
import { createTemporalEngine } from "@loom/engine-temporal";
import { createLoomActivities } from "@loom/engine-temporal/activities";
import { bundleLoomWorkflows, createLoomWorker } from "@loom/engine-temporal/worker";
import { bundleWorkflowCode, DefaultLogger } from "@temporalio/worker";

const logger = new DefaultLogger("WARN");
const workflowsPath = new URL("workflows.ts", import.meta.url).pathname;
const bundles = {
  "Loom's own": [await bundleLoomWorkflows({ logger }), ["loomRun"]],
  "a platform's": [await bundleWorkflowCode({ workflowsPath, logger }), ["loomRun", "greet"]],
};
for (const entry of [createTemporalEngine, createLoomActivities, createLoomWorker])
  if (typeof entry !== "function") throw new Error("an entry exports less than it should");
for (const [name, [{ code }, workflows]] of Object.entries(bundles)) {
  const missing = workflows.filter((workflow) => !code.includes(\`function \${workflow}(\`));
  if (missing.length > 0) throw new Error(\`\${name} bundle lacks \${missing}\`);
  console.log(\`\${name} bundle: \${workflows.join(", ")}\`);
}
process.exit();
`;

const folder = mkdtempSync(join(tmpdir(), "loom-packed-"));
try {
  install(join(folder, "node_modules"));
  writeFileSync(join(folder, "workflows.ts"), WORKFLOWS);
  writeFileSync(join(folder, "main.mjs"), PROGRAM);
  execFileSync(process.execPath, ["main.mjs"], { cwd: folder, stdio: "inherit" });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Ours from the packages that npm would publish; all else from this checkout. */
function install(modules) {
  mkdirSync(join(modules, "@loom"), { recursive: true });
  const others = readdirSync("node_modules").filter((name) => !/^(\.|@loom$)/.test(name));
  for (const name of others) symlinkSync(resolve("node_modules", name), join(modules, name));
  for (const name of PACKED) {
    const packing = ["pack", `./packages/${name}`, "--silent", "--pack-destination", folder];
    const file = execFileSync("npm", packing, { encoding: "utf8" }).trim();
    execFileSync("tar", ["-xzf", file], { cwd: folder });
    renameSync(join(folder, "package"), join(modules, "@loom", name));
  }
}
