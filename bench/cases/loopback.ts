import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import type { Loom } from "@loom/core";
import { createMigratorClient } from "@loom/http";
import { loomNode } from "@loom/http/node";
import { Agent } from "undici";
import { deferred } from "../deferred.ts";
import { listen } from "../listen.ts";
import { candidateIds, MIGRATION, openBenchLoom, STEPS } from "../loom.ts";
import type { Comparison } from "../measure.ts";
import { medianQuantile } from "../measure.ts";
import { post } from "../post.ts";

const RUNS = 1000;
const AT_ONCE = 64;

/** What the rounds of Loom over loopback showed besides their speed: the medians of what each of them had. */
export interface Latencies {
  /** From the start of a dispatch until its step was reported done, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/**
 * 1,000 candidates of five steps over real HTTP, 64 runs in flight: dispatch → callback → done, beside the same two
 * requests per step without Loom.
 */
export async function loopback(): Promise<Comparison & { latencies(): Latencies }> {
  const agent = new Agent({ connections: AT_ONCE });
  const migrator = await openMigrator();
  const bare = await openBare(agent, migrator.url);
  const rounds: (readonly number[])[] = [];
  return {
    name: `dispatch → callback → done over loopback, ${AT_ONCE} in flight`,
    rawIs: "the same two requests per step by hand, with nothing in between",
    unit: "steps",
    raw: () => bare.runAll(),
    async loom() {
      await migrator.spent();
      await runAll(migrator.url);
      rounds.push(await migrator.spent());
      return RUNS * STEPS.length;
    },
    latencies() {
      const [, ...measured] = rounds; // the first one was to warm up
      return { p50: medianQuantile(measured, 0.5), p99: medianQuantile(measured, 0.99) };
    },
    async close() {
      await Promise.all([migrator.close(), bare.close()]);
      await agent.close();
    },
  };
}

async function runAll(migratorUrl: string): Promise<void> {
  const migrators = createMigratorClient({ allowedOrigins: [migratorUrl] });
  const loomServer = createServer();
  const { url, close } = await listen(loomServer);
  const loom = await openBenchLoom({ migrators, candidates: RUNS, publicUrl: url, migratorUrl });
  loomServer.on("request", loomNode(loom, { allowUnauthenticated: true }));
  await atOnce(candidateIds(RUNS), (candidateId) => runOne(loom, candidateId));
  await loom.close();
  await close();
}

async function runOne(loom: Loom, candidateId: string): Promise<void> {
  const ref = { migrationId: MIGRATION, candidateId };
  await loom.start(ref);
  while ((await loom.getCandidate(ref)).status !== "completed")
    await new Promise((resume) => setTimeout(resume, 2));
}

async function atOnce(ids: readonly string[], run: (id: string) => Promise<void>): Promise<void> {
  const queue = ids.values();
  const next = async (): Promise<void> => {
    for (const id of queue) await run(id);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}

/** A migrator in a process of its own, as it would be. */
async function openMigrator() {
  const child = fork(new URL("./migrator-process.ts", import.meta.url));
  const [url] = (await once(child, "message")) as [string];
  return {
    url,
    /** What it noted since it was last asked, in milliseconds. */
    async spent(): Promise<readonly number[]> {
      child.send("spent");
      const [spent] = (await once(child, "message")) as [number[]];
      return spent;
    },
    close: async () => {
      child.kill();
      await once(child, "exit");
    },
  };
}

/** The same two requests per step without anything in between. */
async function openBare(agent: Agent, migratorUrl: string) {
  const waiting = new Map<string, () => void>();
  const { url, close } = await listen(
    createServer((incoming, outgoing) => {
      void (async () => {
        const { candidateId } = (await json(incoming)) as { candidateId: string };
        outgoing.writeHead(202).end();
        waiting.get(candidateId)?.();
      })();
    }),
  );
  const runBare = async (id: string): Promise<void> => {
    for (const stepName of STEPS) {
      const { promise, resolve } = deferred();
      waiting.set(id, resolve);
      await post(agent, migratorUrl, { stepName, candidate: { id }, callbackUrl: url });
      await promise;
    }
  };
  return {
    close,
    async runAll() {
      await atOnce(candidateIds(RUNS), runBare);
      return RUNS * STEPS.length;
    },
  };
}
