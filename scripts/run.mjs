// node scripts/run.mjs ARGS…: makes sure that the dependencies are there, then runs the pinned Node with ARGS.
// Plain JavaScript: any Node ≥ 20 can run it.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, resolve } from "node:path";
import { ensureDependencies } from "./ensure-deps.mjs";

const bin = resolve("node_modules/.bin");

/** The Node that npm installed for this platform, else the one that runs this, when it is new enough. */
function pinnedNode() {
  const pinned = resolve(bin, "node");
  if (existsSync(pinned)) return pinned;
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) return process.execPath;
  console.error(
    `Loom needs Node 22.19 or newer. This is Node ${process.versions.node}, and npm has no pinned ` +
      `Node for ${process.platform}-${process.arch}: install a newer Node and run this again.`,
  );
  return process.exit(1);
}

ensureDependencies();
const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
const child = spawn(pinnedNode(), process.argv.slice(2), { stdio: "inherit", env });
process.on("SIGINT", () => {}); // the terminal tells the child too, which ends in its own way
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code) => process.exit(code ?? 1));
