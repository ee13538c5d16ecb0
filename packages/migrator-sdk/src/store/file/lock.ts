import { LoomError } from "@loom/core/errors";
import { type FolderLock, lockFolder } from "./folder-lock/folder-lock.ts";
import type { Holder } from "./folder-lock/holder.ts";

/**
 * Locks a folder of a file store for this process, as `lockFolder` does.
 *
 * @throws LoomError `invalid_configuration` while another process, or another store of this one, has it
 */
export function lockStore(dir: string): Promise<FolderLock> {
  return lockFolder(dir, { prefix: "lock", inUse: (...found) => inUse(dir, ...found), lost });
}

function inUse(dir: string, { pid, host }: Holder, path: string): LoomError {
  return new LoomError(
    "invalid_configuration",
    `The migrator store ${dir} is in use by process ${pid} on ${host}. A file store serves one process: stop that one, or use a store of a database. Should that process be none of Loom's, remove ${path}.`,
  );
}

function lost(cause?: unknown): LoomError {
  return new LoomError(
    "store_unavailable",
    "The folder of the migrator's file store is not this process's any more: restart the migrator.",
    { cause },
  );
}
