import { join } from "node:path";
import { Cluster, type Redis } from "ioredis";
import { type RedisServer, startRedis } from "../../../../test/servers/redis.ts";
import { connect } from "./stores.ts";

const SLOTS = 16_384;

/** A real cluster of primaries, each with its share of the slots. */
export interface TestCluster {
  /** A new client of it. */
  connect(): Cluster;
  kill(): Promise<void>;
}

/** @param dir a folder for the nodes' own files */
export async function startCluster(dir: string, size = 3): Promise<TestCluster> {
  const nodes: RedisServer[] = [];
  for (let n = 0; n < size; n++) {
    const file = { dir, "cluster-config-file": join(dir, `node-${n}.conf`) };
    nodes.push(await startRedis({ ...file, "cluster-enabled": "yes" }));
  }
  await unite(nodes);
  const places = nodes.map(({ host, port }) => ({ host, port }));
  return {
    connect: () => {
      const cluster = new Cluster(places, { retryDelayOnClusterDown: 20 });
      cluster.on("error", () => undefined);
      return cluster;
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
