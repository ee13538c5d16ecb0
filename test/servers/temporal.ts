import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { type EphemeralServerExecutable, TestWorkflowEnvironment } from "@temporalio/testing";

/** A Temporal server of a test run. */
export interface TemporalServer {
  readonly address: string;
  readonly namespace: string;
  stop(): Promise<void>;
}

/** The last version that `go install` can build: later ones have a replacement in their module file. */
const VERSION = "1.5.1";
const MODULE = `github.com/temporalio/cli/cmd/temporal@v${VERSION}`;
const OLDEST_GO = 25;
const REMEDY =
  "name a server in TEMPORAL_ADDRESS, put the temporal command on the PATH, or install Go 1.25 or later";

/** After so many events the server suggests to continue as new: it would take very many to come to its own limit. */
const CONTINUE_AS_NEW_AT = 1_000;

const LOG = { level: "error", format: "json" } as const;

/** The server that `TEMPORAL_ADDRESS` names, else one of our own. */
export async function useTemporal(): Promise<TemporalServer> {
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace = "default" } = process.env;
  if (address) return { address, namespace, stop: async () => {} };
  try {
    return await startTemporal();
  } catch (cause) {
    throw new Error(`Temporal could not be started: ${REMEDY}.`, { cause });
  }
}

/** A server of one's own, on 127.0.0.1 and a free port, which keeps nothing. */
export async function startTemporal({
  continueAsNewAt = CONTINUE_AS_NEW_AT,
} = {}): Promise<TemporalServer> {
  const suggestion = `limit.historyCount.suggestContinueAsNew=${continueAsNewAt}`;
  const settings = ["--dynamic-config-value", suggestion];
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: executable(), extraArgs: settings, log: LOG },
  });
  const { address } = environment;
  return { address, namespace: "default", stop: () => environment.teardown() };
}

function executable(): EphemeralServerExecutable {
  const path = onPath() ?? built();
  return path ? { type: "existing-path", path } : { type: "cached-download" };
}

function onPath(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, "temporal")).find((file) => existsSync(file));
}

/** Built once for all checkouts and runs of this user: that takes some minutes. */
function built(): string | undefined {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(cache, "loom", `temporal-${VERSION}`);
  const path = join(folder, "temporal");
  if (existsSync(path)) return path;
  if (!hasGo()) return undefined;
  console.log(`Building the Temporal server ${VERSION}, once; this takes some minutes.`);
  execFileSync("go", ["install", MODULE], {
    env: { ...process.env, GOBIN: folder },
    stdio: "inherit",
  });
  return path;
}

function hasGo(): boolean {
  try {
    const version = execFileSync("go", ["env", "GOVERSION"], { encoding: "utf8" });
    return Number(/^go1\.(\d+)/.exec(version)?.[1]) >= OLDEST_GO;
  } catch {
    return false;
  }
}
