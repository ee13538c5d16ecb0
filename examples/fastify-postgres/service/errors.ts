import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";

/** What nobody expected goes to the log; the caller is told no more than that. Loom answers its own errors by itself. */
export function answerError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { statusCode = 500, message } = error;
  if (statusCode < 500) return reply.code(statusCode).send({ error: message });
  request.log.error({ err: error }, "an unexpected error");
  return reply
    .code(500)
    .send({ error: `Something went wrong; the log says what, at ${request.id}.` });
}
