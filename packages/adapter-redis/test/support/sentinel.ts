import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Redis } from "ioredis";
import { expect } from "vitest";
import { freePort } from "../../../../test/servers/free-port.ts";
import { startRedis } from "../../../../test/servers/redis.ts";
import { connect } from "./stores.ts";

const NAME = "loom";
const HOST = "127.0.0.1";
/** A server that is away for so long is down; before the test wants it, none is, however slow the machine. */
const DOWN_AFTER_MS = { never: "600000", soon: "500" };

/** A primary with a replica, and the Sentinel that promotes it. */
export interface WatchedRedis {
  /** A new client that asks Sentinel for the primary. */
  connect(): Redis;
  /** Returns when the replica has all that was written before. */
  settle(): Promise<void>;
  /** Ends the primary at once. */
  killPrimary(): Promise<void>;
  /** Returns when Sentinel has promoted the replica in place of a primary that is down. */
  promote(): Promise<void>;
  kill(): Promise<void>;
}

/** @param dir a folder for Sentinel's own file */
export async function startWatchedRedis(dir: string): Promise<WatchedRedis> {
  const primary = await startRedis({ "repl-diskless-sync-delay": "0" });
  const replica = await startRedis({ replicaof: `${HOST} ${primary.port}` });
  const first = connect(primary.url);
  await expect.poll(() => first.info("replication"), WAIT).toMatch("state=online");
  const sentinel = await startSentinel(dir, primary.port);
  const asking = connect(`redis://${HOST}:${sentinel.port}`);
  const replicas = async () => String(await asking.call("SENTINEL", "REPLICAS", NAME));
  await expect.poll(replicas, WAIT).toMatch("master-link-status,ok");
  return {
    connect: () => {
      const redis = new Redis({
        sentinels: [{ host: HOST, port: sentinel.port }],
        name: NAME,
        maxRetriesPerRequest: 1,
        retryStrategy: () => 50,
        sentinelRetryStrategy: () => 50,
      });
      redis.on("error", () => undefined);
      return redis;
    },
    async settle() {
      await first.set("settled", "");
      await expect.poll(() => first.wait(1, 1_000), WAIT).toBe(1);
    },
    killPrimary: () => primary.kill(),
    async promote() {
      await asking.call("SENTINEL", "SET", NAME, "down-after-milliseconds", DOWN_AFTER_MS.soon);
      const place = async () => String(await asking.call("SENTINEL", "MASTER", NAME));
      await expect.poll(place, WAIT).toMatch(new RegExp(`port,${replica.port},.*flags,master,`));
    },
    async kill() {
      for (const client of [first, asking]) client.disconnect();
      for (const server of [sentinel, primary, replica]) await server.kill();
    },
  };
}

const WAIT = { timeout: 90_000, interval: 50 };

async function startSentinel(dir: string, primaryPort: number) {
  const port = await freePort();
  const file = join(dir, "sentinel.conf");
  const settings = [
    `port ${port}`,
    `bind ${HOST}`,
    `dir ${dir}`,
    `sentinel monitor ${NAME} ${HOST} ${primaryPort} 1`,
    `sentinel down-after-milliseconds ${NAME} ${DOWN_AFTER_MS.never}`,
    `sentinel failover-timeout ${NAME} 2000`,
  ];
  await writeFile(file, `${settings.join("\n")}\n`);
  const child = spawn("redis-server", [file, "--sentinel"], { stdio: "ignore" });
  const endWithUs = () => child.kill("SIGKILL");
  process.once("exit", endWithUs);
  const ended = once(child, "exit").then(() => process.removeListener("exit", endWithUs));
  return {
    port,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
