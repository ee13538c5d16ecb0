import type { ErrorHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import type { Logger } from "pino";

/** What nobody expected goes to the log; the caller is told no more than that. Loom answers its own errors by itself. */
export const answerError =
  (logger: Logger): ErrorHandler =>
  (error, context) => {
    if (error instanceof HTTPException) return context.json({ error: error.message }, error.status);
    logger.error({ err: error }, "an unexpected error");
    return context.json({ error: "Something went wrong; the log says what." }, 500);
  };
