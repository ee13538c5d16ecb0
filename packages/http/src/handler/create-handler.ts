import type { Loom } from "@loom/core";
import { LoomError } from "@loom/core";
import { toResponse } from "./answers.ts";
import type { BodySource } from "./body.ts";
import { createHandle } from "./handle.ts";
import type { HandlerOptions } from "./options.ts";
import { settingsOf } from "./options.ts";
import { rawPathOf } from "./paths.ts";

/** The web-standard form of Loom's HTTP surface. Never rejects. */
export type LoomHandler<Context> = (
  request: Request,
  ...context: undefined extends Context ? [context?: Context] : [context: Context]
) => Promise<Response>;

/**
 * Every route of the contract as a web-standard handler: for Hono, Next, Bun, Deno and Workers. For `node:http`, Express
 * and Fastify there are mounts in `@loom/http/node` and `@loom/http/fastify`.
 *
 * @throws LoomError `invalid_configuration` without `authorize`, unless `allowUnauthenticated: true` is written down; and for a
 *   limit that is none
 * @example
 * const handler = createLoomHandler(loom, {
 *   basePath: "/loom",
 *   authorize: ({ context: user }: AuthorizeRequest<User | undefined>) => user ? { id: user.email } : "unauthenticated",
 * });
 * app.all("/loom/*", (c) => handler(c.req.raw, c.get("user")));
 */
export function createLoomHandler<Context = unknown>(
  loom: Loom,
  options: HandlerOptions<Context>,
): LoomHandler<Context> {
  const handle = createHandle(loom, settingsOf(options));
  return async (request, ...[context]) => {
    const answer = await handle({
      request,
      path: rawPathOf(request.url),
      context: () => context as Context,
      openBody: () => streamOf(request),
    });
    return toResponse(answer, request.method);
  };
}

function streamOf(request: Request): BodySource {
  if (request.bodyUsed || request.body?.locked) throw bodyTaken();
  const reader = request.body?.getReader();
  if (!reader) return { next: async () => ({ done: true }) };
  return {
    next: () => reader.read(),
    stop: () => void reader.cancel().catch(() => undefined),
  };
}

function bodyTaken(): LoomError {
  return new LoomError(
    "invalid_configuration",
    "The body was read before it reached Loom. Hand over the untouched request; in authorize, take the body from body().",
  );
}
