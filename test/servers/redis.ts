import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";

/** A Redis of a test's own, on the loopback interface, ended with the process that started it. */
export interface RedisServer {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** Ends it at once, as a loss of power would end the process. */
  kill(): Promise<void>;
}

const run = promisify(execFile);
const HOST = "127.0.0.1";

/** What would bring a Redis where there is none. */
export const REDIS_REMEDY =
  "set REDIS_URL, put redis-server (6.2 or later) on PATH, or run the tests as root on Debian or Ubuntu, where apt-get brings it";

/** Whether `redis-server` can be started here; it is installed where that can be done. */
export async function hasRedisServer(): Promise<boolean> {
  if (await isOnPath("redis-server")) return true;
  if (process.getuid?.() !== 0 || !(await isOnPath("apt-get"))) return false;
  try {
    // The service that the package brings is never used, nor started.
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
    await run("apt-get", ["update"], { env });
    await run("apt-get", ["install", "-y", "--no-install-recommends", "redis-server"], { env });
  } catch {
    return false;
  }
  return isOnPath("redis-server");
}

export async function isOnPath(command: string): Promise<boolean> {
  return run(command, ["--version"]).then(
    () => true,
    () => false,
  );
}

/**
 * Starts a Redis that keeps nothing on disk unless told so.
 *
 * @param settings settings by their names in redis.conf; `port` and `dir` as well, to start one again where it was
 */
export async function startRedis(
  settings: Readonly<Record<string, string>> = {},
): Promise<RedisServer> {
  const port = Number(settings["port"] ?? (await lowPort()));
  // A replica puts down what it is sent, and every server loads what lies in its folder.
  const own = settings["dir"] === undefined ? await mkdtemp(join(tmpdir(), "loom-redis-")) : "";
  const nothingKept = { save: "", appendonly: "no", dir: own };
  const all = { ...nothingKept, ...settings, port: String(port), bind: HOST };
  // Redis 6.2 wants each word by itself
  const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, ...value.split(" ")]);
  const child = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] });
  const endWithUs = () => {
    child.kill("SIGKILL");
    if (own !== "") rmSync(own, { recursive: true, force: true });
  };
  process.once("exit", endWithUs);
  const ended = untilExit(child, endWithUs);
  await Promise.race([
    readiness(child.stdout),
    ended.then(() => Promise.reject(new Error(`redis-server ended at its start (port ${port})`))),
  ]);
  return {
    host: HOST,
    port,
    url: `redis://${HOST}:${port}`,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Resolves when the server accepts connections; never when it ends before. */
async function readiness(output: NodeJS.ReadableStream): Promise<void> {
  let text = "";
  await new Promise<void>((resolve) => {
    output.on("data", (chunk) => {
      if (text.length < MOST_OUTPUT) text += String(chunk);
      if (text.includes("Ready to accept connections")) resolve();
    });
  });
}

/** Characters of its output in which a server that starts says that it is ready. */
const MOST_OUTPUT = 100_000;

async function untilExit(child: ChildProcess, tidy: () => void): Promise<void> {
  await once(child, "exit");
  process.removeListener("exit", tidy);
  tidy();
}

/** The bus of a cluster is 10 000 above its port. */
async function lowPort(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port < 55_000) return port;
  }
}
