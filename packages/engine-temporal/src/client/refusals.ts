import { LoomError } from "@loom/core/errors";
import { isGrpcServiceError } from "@temporalio/client";
import { NamespaceNotFoundError } from "@temporalio/common";

/** The codes of gRPC that are told apart. */
const INVALID_ARGUMENT = 3;
const DEADLINE_EXCEEDED = 4;
const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const RESOURCE_EXHAUSTED = 8;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

const RETRY_AFTER_SECONDS = 5;
/** What the server says until an execution with very many signals has continued as new. */
const TOO_MANY_SIGNALS = "limit for signal events";
/** What the server says of a blob or a memo, and gRPC on either side of a whole request. */
const TOO_LARGE = /size exceeds limit|larger than max|size larger than/i;

/** Whether the same request may get through a moment later. */
export function isWorthRepeating(error: unknown): boolean {
  const { code, details } = saidBy(error);
  if (TOO_LARGE.test(details)) return false;
  return code === RESOURCE_EXHAUSTED || code === UNAVAILABLE || details.includes(TOO_MANY_SIGNALS);
}

/**
 * The error for what Temporal did not do. Only one that is about the way to the server, or its load, says that it could not be
 * reached: each other names what to change. The server's own words are in the cause, for the log.
 */
export function refusalOf(cause: unknown, namespace: string): LoomError {
  const { code, details } = saidBy(cause);
  if (TOO_LARGE.test(details)) return new LoomError("payload_too_large", TOO_MUCH, { cause });
  const message = setupFaultOf(cause, namespace) ?? messageOf(code, details);
  return new LoomError("engine_unavailable", message, {
    cause,
    details: { retryAfterSeconds: RETRY_AFTER_SECONDS },
  });
}

/** What is wrong with the client that the engine was given; `undefined` when that is not why the server said no. */
export function setupFaultOf(error: unknown, namespace: string): string | undefined {
  const { code } = saidBy(error);
  const name = JSON.stringify(namespace);
  if (code === NOT_FOUND)
    return `client: Temporal has no namespace ${name}; create it, or make the client with one that is there.`;
  if (code === PERMISSION_DENIED)
    return `client: its credentials give no access to the namespace ${name} of Temporal; give the connection an API key or certificate with write access to it.`;
  if (code === UNAUTHENTICATED)
    return "client: Temporal does not accept its credentials; give the connection a valid API key or certificate.";
  return undefined;
}

const TOO_MUCH =
  "Temporal does not take so much at once: use less or shorter inputs, steps or metadata, or raise the limit of its namespace.";

function messageOf(code: number | undefined, details: string): string {
  switch (code) {
    case DEADLINE_EXCEEDED:
    case UNAVAILABLE:
    case RESOURCE_EXHAUSTED:
      return "Temporal could not be reached.";
    case INVALID_ARGUMENT:
      return /search attribute/i.test(details)
        ? "searchAttributes: Temporal refuses one of them; register each in the namespace, with the type that its key has."
        : "Temporal refuses the request as not valid; the log says why.";
    case undefined:
      return "The request to Temporal failed in this process: see in the log which of searchAttributes and the client's data converter, interceptors and connection did.";
    default:
      return "Temporal refuses the request; the log says why.";
  }
}

/** What the server or the connection to it said, however deep that is wrapped. */
function saidBy(error: unknown): { readonly code?: number; readonly details: string } {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (isGrpcServiceError(each)) return { code: each.code, details: each.details };
    // it has lost what the server said
    if (each instanceof NamespaceNotFoundError) return { code: NOT_FOUND, details: "" };
  }
  return { details: "" };
}
