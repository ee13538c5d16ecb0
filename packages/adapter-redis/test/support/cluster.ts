import { join } from "node:path";
import { Cluster, type Redis } from "ioredis";
import { type RedisServer, startRedis } from "../../../../test/servers/redis.ts";
import { expect } from "vitest";
import { connect } from "./stores.ts";

const SLOTS = 16_384;
const HOST = "127.0.0.1";
const WAIT = { timeout: 60_000, interval: 20 };

/** A real cluster of primaries, each with its share of the slots. */
export interface TestCluster {
  /** A new client of it. */
  connect(user?: { readonly username: string; readonly password: string }): Cluster;
  /** Makes a user, on each node, who may do this and nothing else. */
  addUser(username: string, rights: readonly string[]): Promise<void>;
  /** Adds a replica of the first node. */
  addReplica(): Promise<ClusterReplica>;
  kill(): Promise<void>;
}

/** A replica that is up to date. */
export interface ClusterReplica {
  /** The id of a migration that is on its node. */
  readonly migrationId: string;
  /** Returns when it has become the primary, and all know. */
  takeOver(): Promise<void>;
}

/** @param dir a folder for the nodes' own files */
export async function startCluster(dir: string, size = 3): Promise<TestCluster> {
  const nodes: RedisServer[] = [];
  const start = async () => {
    const name = `node-${nodes.length}`;
    const files = {
      dir,
      dbfilename: `${name}.rdb`,
      "cluster-config-file": join(dir, `${name}.conf`),
    };
    const settings = { ...files, "cluster-enabled": "yes", "repl-diskless-sync-delay": "0" };
    nodes.push(await startRedis(settings));
  };
  for (let n = 0; n < size; n++) await start();
  await unite(nodes);
  const places = nodes.map(({ host, port }) => ({ host, port }));
  return {
    connect: (redisOptions) => {
      const options = { retryDelayOnClusterDown: 20, ...(redisOptions && { redisOptions }) };
      const cluster = new Cluster(places, options);
      cluster.on("error", () => undefined);
      return cluster;
    },
    async addUser(username, rights) {
      for (const { url } of nodes) {
        const admin = connect(url);
        await admin.call("ACL", "SETUSER", username, "on", "nopass", ...rights);
        admin.disconnect();
      }
    },
    async addReplica() {
      await start();
      const clients = nodes.map(({ url }) => connect(url));
      const [first, replica] = [clients[0], clients.at(-1)];
      if (!first || !replica) throw new Error("a cluster without nodes has no replica");
      await replica.cluster("MEET", HOST, nodes[0]?.port ?? 0);
      for (const client of clients) await untilKnown(client, nodes.length);
      await replica.cluster("REPLICATE", await first.cluster("MYID"));
      await expect.poll(() => replica.info("replication"), WAIT).toMatch("master_link_status:up");
      for (const client of clients)
        await expect.poll(() => client.cluster("NODES"), WAIT).toMatch("slave");
      const migrationId = await idOfFirstNode(first, Math.ceil(SLOTS / size));
      return { migrationId, takeOver: () => takeOver(clients) };
    },
    async kill() {
      for (const node of nodes) await node.kill();
    },
  };
}

/** Gives each node its share of the slots, makes them known to one another, and waits until all agree. */
async function unite(nodes: readonly RedisServer[]): Promise<void> {
  const clients = nodes.map(({ url }) => connect(url));
  const share = Math.ceil(SLOTS / nodes.length);
  for (const [n, client] of clients.entries()) {
    const first = n * share;
    const count = Math.min(share, SLOTS - first);
    // Nodes with one epoch quarrel about it for a while, and give no vote to a replica meanwhile.
    await client.cluster("SET-CONFIG-EPOCH", n + 1);
    await client.cluster(
      "ADDSLOTS",
      Array.from({ length: count }, (_, slot) => first + slot),
    );
  }
  for (const { host, port } of nodes) await clients[0]?.cluster("MEET", host, port);
  for (const client of clients) {
    await untilKnown(client, nodes.length);
    client.disconnect();
  }
}

async function untilKnown(client: Redis, size: number): Promise<void> {
  const signs = [`cluster_known_nodes:${size}`, "cluster_state:ok"];
  for (;;) {
    const info = await client.cluster("INFO");
    if (signs.every((sign) => info.includes(sign))) return;
    await new Promise((resume) => setTimeout(resume, 20));
  }
}

/** An id whose keys are in the first slots. */
async function idOfFirstNode(client: Redis, slots: number): Promise<string> {
  for (let n = 0; ; n++) {
    const slot = await client.cluster("KEYSLOT", `{m${n}}`);
    if (slot < slots) return `m${n}`;
  }
}

/** Lets the last node take over from the first. Redis gives a hand-over up that takes longer than five seconds. */
async function takeOver(clients: readonly Redis[]): Promise<void> {
  const [first, replica] = [clients[0], clients.at(-1)];
  const roleOf = async (client: Redis | undefined) =>
    /role:(\w+)/.exec((await client?.info("replication")) ?? "")?.[1];
  const isOver = async () =>
    (await roleOf(replica)) === "master" && (await roleOf(first)) === "slave";
  for (let tries = 0; !(await isOver()); tries++) {
    if (tries % 120 === 0) await replica?.cluster("FAILOVER");
    await new Promise((resume) => setTimeout(resume, 50));
  }
  for (const client of clients) client.disconnect();
}
