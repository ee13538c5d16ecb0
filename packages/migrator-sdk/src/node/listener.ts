import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { Migrator } from "../migrator.ts";

/** A listener of `node:http`, which Express takes as it is. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Mounts a migrator in `node:http` or Express; for Fastify there is `migratorFastify`. It reads the body itself: a body parser
 * that ran before it is answered with an error that says so.
 *
 * @example Express, before `express.json()`
 * app.use("/charts", migratorNode(migrator));
 */
export function migratorNode(migrator: Pick<Migrator, "handler">): NodeListener {
  return (incoming, outgoing) => {
    answer(migrator, incoming, outgoing).catch(() => outgoing.destroy());
  };
}

async function answer(
  migrator: Pick<Migrator, "handler">,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const controller = new AbortController();
  outgoing.on("close", () => controller.abort());
  const response = await migrator.handler(requestOf(incoming, controller.signal));
  const body = Buffer.from(await response.arrayBuffer());
  if (outgoing.destroyed) return;
  // What is left of a refused body is not read: the connection ends with the answer.
  if (!incoming.complete) outgoing.setHeader("connection", "close");
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(body);
}

function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request {
  const { method = "GET", url = "/" } = incoming;
  const target = new URL(url, "http://migrator");
  const headers = headersOf(incoming);
  if (method === "GET" || method === "HEAD")
    return new Request(target, { method, headers, signal });
  const body = Readable.toWeb(incoming) as ReadableStream<Uint8Array>;
  const request = new Request(target, { method, headers, signal, body, duplex: "half" });
  // A body parser has read it: the request then says so, as any request does whose body was read.
  if (wasRead(incoming)) void request.body?.cancel();
  return request;
}

function wasRead(incoming: IncomingMessage): boolean {
  return incoming.readableDidRead || ("body" in incoming && incoming.body !== undefined);
}

function headersOf({ headers }: IncomingMessage): Headers {
  const entries = Object.entries(headers).flatMap(([name, value = []]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
  return new Headers(entries);
}
