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
}

/**
 * @param dir a folder for Sentinel's own file
 * @param ends gets what ends each part as soon as it has begun
 */
export async function startWatchedRedis(
  dir: string,
  ends: (() => unknown)[],
): Promise<WatchedRedis> {
  const start = async (settings: Readonly<Record<string, string>>) => {
    const server = await startRedis(settings);
    ends.push(() => server.kill());
    return server;
  };
  const open = (url: string) => {
    const client = connect(url);
    ends.push(() => client.disconnect());
    return client;
  };
  const primary = await start({ "repl-diskless-sync-delay": "0" });
  const replica = await start({ replicaof: `${HOST} ${primary.port}` });
  const first = open(primary.url);
  await expect.poll(() => first.info("replication"), WAIT).toMatch("state=online");
  const port = await freePort();
  ends.push(await startSentinel(dir, port, primary.port));
  const sentinel = open(`redis://${HOST}:${port}`);
  const ask = async (what: string) => String(await sentinel.call("SENTINEL", what, NAME));
  await expect.poll(() => ask("REPLICAS"), WAIT).toMatch("master-link-status,ok");
  return {
    connect() {
      const redis = connectBy(port);
      ends.push(() => redis.disconnect());
      return redis;
    },
    async settle() {
      await first.set("settled", "");
      await expect.poll(() => first.wait(1, 1_000), WAIT).toBe(1);
    },
    killPrimary: () => primary.kill(),
    async promote() {
      await sentinel.call("SENTINEL", "SET", NAME, "down-after-milliseconds", DOWN_AFTER_MS.soon);
      const promoted = new RegExp(`port,${replica.port},.*flags,master,`);
      await expect.poll(() => ask("MASTER"), WAIT).toMatch(promoted);
    },
  };
}

function connectBy(sentinelPort: number): Redis {
  const redis = new Redis({
    sentinels: [{ host: HOST, port: sentinelPort }],
    name: NAME,
    maxRetriesPerRequest: 1,
    retryStrategy: () => 50,
    sentinelRetryStrategy: () => 50,
  });
  redis.on("error", () => undefined);
  return redis;
}

const WAIT = { timeout: 90_000, interval: 50 };

/** @returns what ends it */
async function startSentinel(dir: string, port: number, primaryPort: number) {
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
  return async () => {
    endWithUs();
    await ended;
  };
}
