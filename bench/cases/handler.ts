import { createServer, type RequestListener } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { loomNode } from "@loom/http/node";
import { Agent, request } from "undici";
import { listen } from "../listen.ts";
import { MIGRATION, openBenchLoom } from "../loom.ts";
import type { Comparison } from "../measure.ts";

const REQUESTS = 4000;
const AT_ONCE = 64;
const PATH = `/migrations/${MIGRATION}/candidates/candidate-7`;

/** A read over HTTP, beside a bare handler on the same kind of server that answers the same bytes. */
export async function handler(): Promise<Comparison> {
  const loom = await openBenchLoom({ candidates: 100, migrators: noMigrators });
  const body = JSON.stringify(
    await loom.getCandidate({ migrationId: MIGRATION, candidateId: "candidate-7" }),
  );
  const bare = getRequestListener(
    () => new Response(body, { headers: { "content-type": "application/json" } }),
  );
  const [rawServer, loomServer] = await Promise.all([
    listen(createServer(bare as RequestListener)),
    listen(createServer(loomNode(loom, { allowUnauthenticated: true }))),
  ]);
  const agent = new Agent({ connections: AT_ONCE });
  return {
    name: "handler over HTTP",
    rawIs: "a bare handler on the same kind of server, which answers the same bytes",
    unit: "requests",
    raw: () => getAll(agent, rawServer.url + PATH),
    loom: () => getAll(agent, loomServer.url + PATH),
    async close() {
      await agent.close();
      await Promise.all([rawServer.close(), loomServer.close(), loom.close()]);
    },
  };
}

const noMigrators = {
  dispatchStep: async () => ({ type: "accepted" }) as const,
  compensateStep: async () => ({ type: "accepted" }) as const,
  dryRun: async () => ({ steps: [] }),
};

async function getAll(dispatcher: Agent, url: string): Promise<number> {
  let left = REQUESTS;
  const getNext = async (): Promise<void> => {
    while (left-- > 0) {
      const { statusCode, body } = await request(url, { dispatcher });
      await body.dump();
      if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, getNext));
  return REQUESTS;
}
