import { LoomError } from "@loom/core";

/** Answers by which Redis says that it cannot serve now: what that means, and what helps. */
const UNAVAILABLE: Readonly<Record<string, string>> = {
  LOADING: "Redis is loading its data; it serves when it is done.",
  READONLY:
    "Redis is a read-only replica; let the client connect to the primary, and look for it again after a failover.",
  MASTERDOWN: "Redis is a replica without its primary; let the client connect to the primary.",
  OOM: "Redis is out of memory; raise its maxmemory or its memory.",
  MISCONF: "Redis cannot save to disk and refuses writes; give its disk room.",
  NOREPLICAS:
    "Redis has too few replicas to take writes; bring those back that min-replicas-to-write asks for.",
  CLUSTERDOWN: "The Redis cluster is down; every slot needs a primary.",
  TRYAGAIN: "Redis is moving a slot.",
  MOVED: "Redis has moved a slot; a cluster needs a client of ioredis for clusters.",
  ASK: "Redis is moving a slot; a cluster needs a client of ioredis for clusters.",
  BUSY: "Redis is busy with a script.",
  UNKILLABLE: "Redis is busy with a script.",
  NOSCRIPT: "Redis lost its scripts again and again.",
  NOAUTH: "Redis wants credentials; give them to the client.",
  WRONGPASS: "Redis refuses the credentials of the client.",
  NOPERM:
    "Redis does not permit its user what the store needs; its ACL must allow scripts and the store's keys, and the commands that the README of @loom/adapter-redis lists.",
};

/** How Redis 7 says within a script what is `NOPERM` elsewhere. */
const FORBIDDEN_IN_SCRIPT = /user executing the script can't/;

/**
 * The error that the store throws for one of the client: messages of Redis name keys and those of sockets addresses, so
 * neither is passed on but as the cause.
 */
export function storeError(cause: unknown): LoomError {
  if (LoomError.is(cause)) return cause;
  if (!isReply(cause))
    return new LoomError("store_unavailable", "Redis cannot be reached.", { cause });
  const code = codeOf(cause.message);
  const message = code === undefined ? undefined : UNAVAILABLE[code];
  if (message !== undefined) return new LoomError("store_unavailable", message, { cause });
  return new LoomError("internal_error", "Redis refused a command of the store.", { cause });
}

/** Whether Redis does not know the script, and so has run nothing of it. */
export function isUnknownScript(cause: unknown): boolean {
  return isReply(cause) && codeOf(cause.message) === "NOSCRIPT";
}

/** Whether the command is not for this user. */
export function isForbidden(cause: unknown): boolean {
  if (!isReply(cause)) return false;
  return cause.message.startsWith("NOPERM") || /unknown command/i.test(cause.message);
}

function isReply(cause: unknown): cause is Error {
  return cause instanceof Error && cause.name === "ReplyError";
}

/** Up to Redis 6.2 an error inside a script stands behind the script's own. */
function codeOf(message: string): string | undefined {
  if (FORBIDDEN_IN_SCRIPT.test(message)) return "NOPERM";
  const first = /^([A-Z]+)\b/.exec(message)?.[1];
  if (first !== undefined && Object.hasOwn(UNAVAILABLE, first)) return first;
  const inner = /-([A-Z]+) /.exec(message)?.[1];
  return inner !== undefined && Object.hasOwn(UNAVAILABLE, inner) ? inner : undefined;
}
