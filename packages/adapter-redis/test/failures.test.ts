import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LoomError, type Store } from "@loom/core";
import type { MigratorStore } from "@loom/migrator-sdk";
import type { Redis } from "ioredis";
import { afterEach, describe, expect, test } from "vitest";
import { freePort } from "../../../test/servers/free-port.ts";
import { type RedisServer, startRedis } from "../../../test/servers/redis.ts";
import { changeOf, fill } from "../../../test/stores/builders.ts";
import { createRedisMigratorStore } from "../src/migrator/index.ts";
import { runThrough } from "./support/outage.ts";
import { canStartRedis, connect, storeOn } from "./support/stores.ts";

const M = "failing";
const NONE = { status: "not_started", attempt: 0 } as const;
const QUEUED = { status: "queued", attempt: 1 } as const;

describe.runIf(canStartRedis)("a Redis that fails", () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });

  async function start(settings: Record<string, string> = {}): Promise<RedisServer> {
    const server = await startRedis(settings);
    ends.push(() => server.kill());
    return server;
  }

  function open(url: string, options: Parameters<typeof connect>[1] = {}): Redis {
    const redis = connect(url, { maxRetriesPerRequest: 1, retryStrategy: () => 5, ...options });
    ends.push(() => redis.disconnect());
    return redis;
  }

  test("is unavailable as a read-only replica, and changes nothing", async () => {
    const primary = await start({ "repl-diskless-sync-delay": "0" });
    const replica = await start({ replicaof: `127.0.0.1 ${primary.port}` });
    const store = storeOn(open(primary.url), "p");
    await fill(store, M, [{ id: "one" }]);
    const redis = open(replica.url);
    const onReplica = storeOn(redis, "p");
    await expect.poll(() => redis.dbsize()).toBeGreaterThan(0);
    await expectRefusal(onReplica, "read-only replica; let the client connect to the primary");
    expect(await store.countCandidates(M)).toMatchObject({ notStarted: 1, queued: 0 });
  });

  test("is unavailable without memory, writes nothing by halves, and serves again with it", async () => {
    const server = await start();
    const redis = open(server.url);
    const store = storeOn(redis, "p");
    await fill(store, M, [{ id: "one" }]);
    await redis.config("SET", "maxmemory", "1");
    await expectRefusal(store, "out of memory; raise its maxmemory");
    await redis.config("SET", "maxmemory", "0");
    expect(await store.countCandidates(M)).toMatchObject({ notStarted: 1, queued: 0 });
    expect(await store.changeStatus(changeOf(M, "one", [NONE, QUEUED]))).toEqual({ applied: true });
    await store.ping();
  });

  test("ends every run that was under way when its memory was full", async () => {
    const redis = open((await start()).url);
    const report = await runThrough(
      storeOn(redis, "p"),
      () => redis.config("SET", "maxmemory", "1"),
      () => redis.config("SET", "maxmemory", "0"),
    );
    const codes = ["store_unavailable"];
    expect(report).toEqual({ completed: 12, codes, dispatches: 24, steps: 24 });
  });

  test("ends every run that was under way when it became a replica for a while", async () => {
    const redis = open((await start()).url);
    const nobody = await freePort();
    const report = await runThrough(
      storeOn(redis, "p"),
      // what it holds would go as soon as it reached its primary
      () => redis.replicaof("127.0.0.1", nobody),
      () => redis.replicaof("NO", "ONE"),
    );
    const codes = ["store_unavailable"];
    expect(report).toEqual({ completed: 12, codes, dispatches: 24, steps: 24 });
  });

  test("is unavailable when it cannot save to disk, and serves again when it can", async () => {
    const dir = await folder();
    const redis = open((await start({ dir, save: "3600 1000000" })).url);
    const save = async (outcome: string) => {
      await redis.bgsave();
      const state = `rdb_bgsave_in_progress:0[^]*rdb_last_bgsave_status:${outcome}`;
      await expect.poll(() => redis.info("persistence")).toMatch(new RegExp(state));
    };
    const store = storeOn(redis, "p");
    await fill(store, M, [{ id: "one" }]);
    // a folder that stands where the snapshot belongs
    await mkdir(join(dir, "dump.rdb"));
    await save("err");
    await expectRefusal(store, "refuses writes; give its disk room");
    await rmdir(join(dir, "dump.rdb"));
    await save("ok");
    expect(await store.countCandidates(M)).toMatchObject({ notStarted: 1, queued: 0 });
    expect(await store.changeStatus(changeOf(M, "one", [NONE, QUEUED]))).toEqual({ applied: true });
  });

  test("is unavailable where nothing listens", async () => {
    const store = storeOn(open(`redis://127.0.0.1:${await freePort()}`), "p");
    await expectRefusal(store, "Redis cannot be reached.");
  });

  test("is unavailable without the right credentials", async () => {
    const server = await start({ requirepass: randomUUID() });
    // The client may learn it by the answer to a command, or give the connection up before.
    await expectRefusal(storeOn(open(server.url), "p"), /wants credentials|cannot be reached/);
  });

  test("is unavailable to a user who may not touch the keys", async () => {
    const server = await start();
    await open(server.url).call("ACL", "SETUSER", "guest", "on", "nopass", "~other:*", "+@all");
    const store = storeOn(open(server.url, { username: "guest", password: "any" }), "p");
    await expectRefusal(store, "its ACL must allow scripts and the store's keys");
  });

  test("is unavailable to a client that was closed", async () => {
    const redis = open((await start()).url);
    const store = storeOn(redis, "p");
    await store.ping();
    redis.disconnect();
    await expectRefusal(store, "Redis cannot be reached.");
  });

  test("has lost nothing that was acknowledged when it is killed, if it syncs always", async () => {
    const dir = await folder();
    const settings = { dir, appendonly: "yes", appendfsync: "always", port: `${await freePort()}` };
    const first = await startRedis(settings);
    const store = storeOn(open(first.url, { maxRetriesPerRequest: null }), "p");
    await fill(
      store,
      M,
      Array.from({ length: 400 }, (_, n) => ({ id: `c${n}` })),
    );
    const moves = Array.from({ length: 400 }, (_, n) =>
      store.changeStatus(changeOf(M, `c${n}`, [NONE, QUEUED])),
    );
    await moves[20];
    await first.kill();
    await start(settings);
    const answers = await Promise.all(moves);
    expect(answers.every(({ applied }) => applied)).toBe(true);
    expect(await store.countCandidates(M)).toMatchObject({ notStarted: 0, queued: 400 });
    const { items } = await store.listHistory(M, { limit: 500 });
    expect(items.filter(({ action }) => action === "start").length).toBe(402);
  });

  for (const [policy, what] of [
    ["allkeys-lru", "runs"],
    ["volatile-ttl", "what repeated requests are known by"],
  ] as const)
    test(`is refused when it may evict ${what}`, async () => {
      const redis = open((await start({ "maxmemory-policy": policy })).url);
      for (const opened of [storeOn(redis, "p").ping(), migratorOn(redis).open()])
        await expect(opened).rejects.toMatchObject({
          code: "invalid_configuration",
          message: expect.stringMatching(`${what}.*${policy}.*set maxmemory-policy to noeviction`),
        });
    });

  test("is refused at the first call when it holds another layout under the prefix", async () => {
    const redis = open((await start()).url);
    const running = storeOn(redis, "p");
    await fill(running, M, [{ id: "one" }]);
    await redis.set("p:layout", "2");
    await redis.set("{p}:layout", "2");
    const refusal = {
      code: "invalid_configuration",
      message: expect.stringMatching("another version of Loom under the prefix p: "),
    };
    const change = changeOf(M, "one", [NONE, QUEUED]);
    for (const call of [
      () => storeOn(redis, "p").changeStatus(change),
      () => storeOn(redis, "p").getCandidate({ migrationId: M, candidateId: "one" }),
      () => storeOn(redis, "p").ping(),
      () => migratorOn(redis).inbox.stop("call", 1),
      () => migratorOn(redis).open(),
      // It has looked before; it looks again when its readiness is asked.
      () => running.ping(),
      () => running.changeStatus(change),
    ])
      await expect(call()).rejects.toMatchObject(refusal);
    expect(await redis.zcard(`p:{${M}}:status:n`)).toBe(1);
  });

  test("is looked at once by a store, however many calls begin at once", async () => {
    const redis = open((await start()).url);
    const scripts: string[] = [];
    const noting = new Proxy(redis, {
      get(target, name) {
        if (String(name).startsWith("loom.")) scripts.push(String(name).split(".")[1] ?? "");
        return Reflect.get(target, name);
      },
    });
    const store = storeOn(noting, "p");
    await Promise.all([store.getMigration(M), store.getMigration(M), store.getMigration(M)]);
    await store.getMigration(M);
    const asked = ["look", "describe", "describe", "describe", "describe"];
    expect(scripts.toSorted()).toEqual(asked.toSorted());
  });

  test("is waited for by a client that keeps no queue, as it connects for the first time", async () => {
    const server = await start();
    for (const lazyConnect of [false, true]) {
      const store = storeOn(open(server.url, { enableOfflineQueue: false, lazyConnect }), "p");
      await store.ping();
      await fill(store, M, [{ id: "one" }]);
    }
    const nowhere = `redis://127.0.0.1:${await freePort()}`;
    for (const lazyConnect of [false, true]) {
      const store = storeOn(open(nowhere, { enableOfflineQueue: false, lazyConnect }), "p");
      await expectRefusal(store, "Redis cannot be reached.");
    }
  });

  async function folder(): Promise<string> {
    const dir = await mkdtemp(join(tmpdir(), "loom-redis-"));
    ends.push(() => rm(dir, { recursive: true, force: true }));
    return dir;
  }
});

function migratorOn(redis: Redis): MigratorStore {
  return createRedisMigratorStore({ redis, prefix: "p" });
}

/** Every kind of write is refused, and so is the ping; the message tells no key and no address. */
async function expectRefusal(store: Store, message: string | RegExp): Promise<void> {
  const writes = [
    () => store.ping(),
    () => store.changeStatus(changeOf(M, "one", [NONE, QUEUED])),
    () => fill(store, "other", [{ id: "x" }]),
    () => store.appendHistory(M, changeOf(M, "one", [NONE, QUEUED]).history),
  ];
  for (const write of writes) {
    const error = await write().catch((reason: unknown) => reason);
    expect(LoomError.is(error, "store_unavailable")).toBe(true);
    expect(error).toMatchObject({ message: expect.stringMatching(message), retryable: true });
  }
}
