import { LoomError } from "@loom/core";
import { type FolderLock, lockFolder } from "./folder-lock/folder-lock.ts";
import type { Holder } from "./folder-lock/holder.ts";

/**
 * Locks the folder of an embedded Postgres for this process, as `lockFolder` does: two of them would destroy the database in it.
 *
 * @throws LoomError `invalid_configuration` while a living process, this one included, has it
 */
export function lockDatabase(dir: string): Promise<FolderLock> {
  return lockFolder(dir, { prefix: "loom.lock", inUse: (...found) => inUse(dir, ...found), lost });
}

function inUse(dir: string, { pid, host }: Holder, path: string): LoomError {
  return new LoomError(
    "invalid_configuration",
    `The folder ${dir} is in use by process ${pid} on ${host}: an embedded Postgres serves one process and one store at a time. Close the other one, or use a server. Should that process be none of Loom's, remove ${path}.`,
  );
}

function lost(cause?: unknown): LoomError {
  return new LoomError(
    "store_unavailable",
    "The folder of the embedded Postgres is not this process's any more: open the store again.",
    { cause },
  );
}
