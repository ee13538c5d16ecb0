import type { FastifyPluginCallback } from "fastify";
import type { Migrator } from "./migrator.ts";
import { migratorNode } from "./node/listener.ts";

/**
 * A migrator as a plugin of Fastify: below the prefix that it is registered with, after the hooks of the service. Bodies are
 * left as they are within it, and only there, so that signatures hold.
 *
 * @example
 * await app.register(migratorFastify(migrator), { prefix: "/charts" });
 */
export function migratorFastify(migrator: Pick<Migrator, "handler">): FastifyPluginCallback {
  const answer = migratorNode(migrator);
  return (app, _, done) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_request, _payload, parsed) => parsed(null));
    app.all("/*", (request, reply) => {
      reply.hijack();
      answer(request.raw, reply.raw);
    });
    done();
  };
}
