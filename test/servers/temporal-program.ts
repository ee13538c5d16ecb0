import { execFileSync } from "node:child_process";
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** The last version that `go install` can build: later ones have a replacement in their module file. */
const VERSION = "1.5.1";
const MODULE = `github.com/temporalio/cli/cmd/temporal@v${VERSION}`;
const OLDEST_GO = 25;
const NAME = process.platform === "win32" ? "temporal.exe" : "temporal";

/** The `temporal` command: the one on the PATH, else one that Go builds. `undefined` where neither can be had. */
export function findTemporalProgram(): string | undefined {
  return onPath() ?? built();
}

function onPath(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, NAME)).find(isProgram);
}

/** Built once for all checkouts and runs of this user: that takes some minutes. */
function built(): string | undefined {
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const folder = join(cache, "loom", `temporal-${VERSION}`);
  const program = join(folder, NAME);
  if (isProgram(program)) return program;
  return hasGo() && build(folder, program) ? program : undefined;
}

/** Beside its place at first: whoever looks meanwhile must not find half of it. */
function build(folder: string, program: string): boolean {
  console.log(`Building the Temporal server ${VERSION}, once; this takes some minutes.`);
  mkdirSync(folder, { recursive: true });
  const scratch = mkdtempSync(join(folder, "build-"));
  try {
    const env = { ...process.env, GOBIN: scratch };
    execFileSync("go", ["install", MODULE], { env, stdio: "inherit" });
    renameSync(join(scratch, NAME), program);
    return true;
  } catch (error) {
    console.warn(`Go could not build ${MODULE}: ${String(error)}`);
    return false;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function hasGo(): boolean {
  try {
    const version = execFileSync("go", ["env", "GOVERSION"], { encoding: "utf8" });
    return Number(/^go1\.(\d+)/.exec(version)?.[1]) >= OLDEST_GO;
  } catch {
    return false;
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
