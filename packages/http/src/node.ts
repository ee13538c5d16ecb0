import type { Loom } from "@loom/core";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { HandlerOptions } from "./handler/options.ts";
import { settingsOf } from "./handler/options.ts";
import { pathBelow, rawPathOf } from "./handler/paths.ts";
import { createNodeAnswer } from "./mounts/listener.ts";

/** How Loom is mounted on Node's server. */
export type LoomNodeOptions<Context, Req extends IncomingMessage> = HandlerOptions<Context> & {
  /** What `authorize` gets as its `context`, such as the logged-in user that a middleware in front has found. */
  readonly context?: (request: Req) => Context | Promise<Context>;
};

/** A listener of `node:http`, and a middleware of Express and its like. */
export type LoomNodeListener<Req extends IncomingMessage> = (
  request: Req,
  response: ServerResponse,
  next?: () => void,
) => void;

/** What Express leaves of the address in `url` when it has taken the mount path away. */
type Mounted = IncomingMessage & { readonly baseUrl?: string };

/**
 * Mounts Loom on `node:http`, Express, or whatever calls `(request, response, next?)`. In Express the mount path is enough;
 * with `basePath` the whole address is looked at, and requests beside it go to `next`. Mount it before any body parser.
 *
 * @throws LoomError `invalid_configuration` as {@link createLoomHandler}
 * @example
 * createServer(loomNode(loom, { authorize })).listen(8080);
 * express().use("/loom", loomNode(loom, { authorize, context: (req: express.Request) => req.user }));
 */
export function loomNode<Context = unknown, Req extends IncomingMessage = IncomingMessage>(
  loom: Loom,
  options: LoomNodeOptions<Context, Req>,
): LoomNodeListener<Req> {
  const settings = settingsOf(options);
  const answer = createNodeAnswer(loom, settings);
  return (request, response, next) => {
    const path = pathOf(request, settings.basePath);
    if (next && pathBelow(settings.basePath, path) === undefined) return next();
    const context = async () => options.context?.(request) as Context;
    void answer(request, response, { path, context });
  };
}

function pathOf({ url = "/", baseUrl = "" }: Mounted, basePath: string): string {
  const path = rawPathOf(url);
  return basePath === "" ? path : `${baseUrl}${path}`;
}
