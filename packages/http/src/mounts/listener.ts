import { getRequestListener } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Loom } from "@loom/core";
import { LoomError } from "@loom/core";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer } from "../handler/answers.ts";
import { problem } from "../handler/answers.ts";
import type { BodySource } from "../handler/body.ts";
import { createHandle } from "../handler/handle.ts";
import type { Settings } from "../handler/options.ts";

/** What a framework knows of a request besides the request. */
export interface Surroundings<Context> {
  /** As it was sent, below whatever the framework took away. */
  readonly path: string;
  readonly context: () => Context | Promise<Context>;
}

/** Answers one request of Node's. Never rejects. */
export type NodeAnswer<Context> = (
  request: IncomingMessage,
  response: ServerResponse,
  surroundings: Surroundings<Context>,
) => Promise<void>;

/** What both mounts on Node's server share: the web-standard request is made by Hono, the answer is written straight. */
export function createNodeAnswer<Context>(
  loom: Loom,
  settings: Settings<Context>,
): NodeAnswer<Context> {
  const handle = createHandle(loom, settings);
  return (incoming, outgoing, surroundings) => {
    const answer = async (request: Request): Promise<Response> => {
      write(
        outgoing,
        await handle({ request, openBody: () => openBody(incoming), ...surroundings }),
      );
      return RESPONSE_ALREADY_SENT;
    };
    return getRequestListener(answer, {
      // The globals belong to the service that Loom is embedded in.
      overrideGlobalObjects: false,
      // HTTP/1.0 sends none.
      hostname: "localhost",
      errorHandler: () => {
        write(outgoing, problem(unreadable()));
        return RESPONSE_ALREADY_SENT;
      },
    })(incoming, outgoing);
  };
}

function write(outgoing: ServerResponse, { status, headers, body }: Answer): void {
  if (outgoing.headersSent || outgoing.destroyed) return;
  const length = body === null ? 0 : Buffer.byteLength(body);
  outgoing.writeHead(status, status === 204 ? headers : { ...headers, "content-length": length });
  outgoing.end(body ?? undefined);
}

/** @throws LoomError `invalid_configuration` when somebody in front has read it */
function openBody(incoming: IncomingMessage): BodySource {
  if (incoming.readableDidRead && hasBody(incoming))
    throw new LoomError("invalid_configuration", BODY_PARSER);
  return chunksOf(incoming);
}

/** Leaving early must not destroy the socket, for the answer has to go over it. */
function chunksOf(incoming: IncomingMessage): BodySource {
  const chunks: AsyncIterator<Buffer> = incoming.iterator({ destroyOnReturn: false });
  return { next: () => chunks.next(), stop: () => void chunks.return?.() };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

function unreadable(): LoomError {
  const message = "The request cannot be read: its Host header or its address is not valid.";
  const issues = [{ path: "", message }];
  return new LoomError("validation_failed", message, { details: { issues } });
}

const BODY_PARSER =
  "A body parser in front of Loom has read the body, and signatures cover its exact bytes. " +
  'Mount Loom before the parser (in Express: app.use("/loom", loomNode(…)) above app.use(express.json())), or let the parser skip Loom\'s path.';
