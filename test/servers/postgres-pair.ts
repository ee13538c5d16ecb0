import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";
import { end, findPrograms, makeCluster, PASSWORD, startServer, unprivileged } from "./postgres.ts";

/** A primary, and a replica that has each commit before the primary acknowledges it. */
export interface PostgresPair {
  readonly primary: PairedServer;
  readonly replica: PairedServer;
  /** Ends every process of the primary without a word. */
  killPrimary(): Promise<void>;
  /** Makes the replica a primary. */
  promote(): Promise<void>;
  stop(): Promise<void>;
}

/** One of the two, on the loopback interface. */
export interface PairedServer {
  readonly port: number;
  readonly url: string;
}

const run = promisify(execFile);

/** Starts a primary and its replica, which begins as a copy of it. */
export async function startPostgresPair(): Promise<PostgresPair> {
  const programs = await findPrograms();
  const user = await unprivileged();
  const home = await mkdtemp(join(tmpdir(), "loom-pair-"));
  await chmod(home, 0o755); // the unprivileged user must get through
  const data = await makeCluster(programs, user, { home });
  const copy = join(home, "copy");
  await run("cp", ["-a", data, copy]);
  await writeFile(join(copy, "standby.signal"), "");

  const [primary, replica] = [serverAt(await freePort()), serverAt(await freePort())];
  const leading = await startServer(programs, user, {
    data,
    settings: { port: primary.port, synchronous_standby_names: "*" },
  });
  const primary_conninfo = `host=127.0.0.1 port=${primary.port} user=postgres password=${PASSWORD}`;
  const following = await startServer(programs, user, {
    data: copy,
    settings: { port: replica.port, primary_conninfo },
  });
  return {
    primary,
    replica,
    killPrimary: () => end(leading, "SIGKILL"),
    async promote() {
      await run(programs.pg_ctl, ["promote", "-D", copy], { ...user, cwd: copy });
    },
    async stop() {
      for (const server of [leading, following]) await end(server, "SIGINT");
      await rm(home, { recursive: true, force: true });
    },
  };
}

function serverAt(port: number): PairedServer {
  return { port, url: `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres` };
}
