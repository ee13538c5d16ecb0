import type { Loom } from "@loom/core";
import type { FastifyError, FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";
import { LoomError } from "@loom/core";
import { problem } from "./handler/answers.ts";
import type { HandlerOptions } from "./handler/options.ts";
import { settingsOf } from "./handler/options.ts";
import { rawPathOf } from "./handler/paths.ts";
import { createNodeAnswer } from "./mounts/listener.ts";

/** How Loom is mounted in Fastify. The prefix of `register` is its base path. */
export type LoomFastifyOptions<Context> = HandlerOptions<Context> & {
  readonly basePath?: never;
  /** What `authorize` gets as its `context`, such as the logged-in user that a hook has found. */
  readonly context?: (request: FastifyRequest) => Context | Promise<Context>;
};

/**
 * Loom as a plugin of Fastify: below the prefix that it is registered with, after the hooks of the service. Bodies are left
 * as they are within it, and only there, so that signatures hold.
 *
 * @throws LoomError `invalid_configuration` as {@link createLoomHandler}
 * @example
 * await app.register(loomFastify(loom, { authorize, context: (request) => request.user }), { prefix: "/loom" });
 */
export function loomFastify<Context = unknown>(
  loom: Loom,
  options: LoomFastifyOptions<Context>,
): FastifyPluginCallback {
  const answer = createNodeAnswer(loom, settingsOf<Context>(options));
  return (app, _, done) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_request, _payload, parsed) => parsed(null));
    app.setErrorHandler(answerBadContentType);
    const depth = segmentsOf(app.prefix);
    app.route({
      method: app.supportedMethods,
      url: "/*",
      exposeHeadRoute: false,
      async handler(request, reply) {
        const path = withoutSegments(rawPathOf(request.raw.url ?? "/"), depth);
        const context = async () => options.context?.(request) as Context;
        keepHeaders(reply.hijack());
        await answer(request.raw, reply.raw, { path, context });
      },
    });
    done();
  };
}

/** A content type that Fastify itself cannot read; all else is for the service's own handler. */
function answerBadContentType(
  error: FastifyError,
  _: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error.code !== "FST_ERR_CTP_INVALID_MEDIA_TYPE") throw error;
  const refusal = new LoomError("unsupported_media_type", "The content-type header is not valid.");
  const { status, headers, body } = problem(refusal);
  return reply.code(status).headers(headers).send(body);
}

/** What hooks have set, such as CORS headers, goes out with Loom's own. */
function keepHeaders(reply: FastifyReply): void {
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value);
}

function segmentsOf(prefix: string): number {
  return prefix.split("/").filter((segment) => segment !== "").length;
}

/** A prefix may hold parameters, so it is counted, not compared. */
function withoutSegments(path: string, count: number): string {
  return `/${path
    .split("/")
    .slice(1 + count)
    .join("/")}`;
}
