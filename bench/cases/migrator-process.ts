// A migrator in a process of its own: it accepts a dispatch, reports it done, and notes how long that took.
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import type { DispatchStepRequest } from "@loom/core";
import { Agent } from "undici";
import { listen } from "../listen.ts";
import { post } from "../post.ts";

const agent = new Agent({ connections: 64 });
let spent: number[] = [];

const server = createServer((incoming, outgoing) => {
  const started = performance.now();
  void (async () => {
    const { callbackUrl, stepName, candidate } = (await json(incoming)) as DispatchStepRequest;
    outgoing.writeHead(202).end();
    if (callbackUrl === undefined) throw new Error("the dispatch has no callbackUrl");
    await post(agent, callbackUrl, { stepName, candidateId: candidate.id, success: true });
    spent.push(performance.now() - started);
  })();
});

const { url } = await listen(server);
process.on("message", () => {
  process.send?.(spent);
  spent = [];
});
process.send?.(url);
