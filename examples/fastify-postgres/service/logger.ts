import type { FastifyRequest } from "fastify";
import type { Config } from "./config.ts";

/** How Fastify's logger, which is pino, is set up. Loom writes to the same. */
export function loggerOf({ LOG_LEVEL }: Pick<Config, "LOG_LEVEL">) {
  return { level: LOG_LEVEL, serializers: { req: describeRequest } };
}

/** The id of a dispatch is a capability: whoever knows it may report on that call, so it is kept out of the log. */
function describeRequest({ method, url, ip }: FastifyRequest) {
  return { method, url: url.replace(/\/event\/L1\..*/, "/event/L1.…"), remoteAddress: ip };
}
