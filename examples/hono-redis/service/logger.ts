import type { MiddlewareHandler } from "hono";
import { type Logger, pino } from "pino";
import type { Config } from "./config.ts";

/** The logger of the service. Loom writes to the same. */
export function createLogger({ LOG_LEVEL }: Pick<Config, "LOG_LEVEL">): Logger {
  return pino({ level: LOG_LEVEL });
}

/** One line for each request. */
export const logRequests =
  (logger: Logger): MiddlewareHandler =>
  async (context, next) => {
    await next();
    const { method, path } = context.req;
    logger.info({ method, path: withoutCapability(path), status: context.res.status }, "answered");
  };

/** The id of a dispatch is a capability: whoever knows it may report on that call, so it is kept out of the log. */
function withoutCapability(path: string): string {
  return path.replace(/\/event\/L1\..*/, "/event/L1.…");
}
