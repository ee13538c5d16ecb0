import { mkdir } from "node:fs/promises";
import { LoomError } from "@loom/core/errors";
import type { FolderLock } from "./folder-lock/folder-lock.ts";
import { lockStore } from "./lock.ts";

/** What the disk says of a place that can be no folder of ours, now or later; of all else it may think better. */
const FOR_GOOD = ["EEXIST", "ENOTDIR", "EACCES", "EPERM", "EROFS", "ENAMETOOLONG", "EINVAL"];

/**
 * Makes the folder of a file store if it is not there, and locks it for this process.
 *
 * @throws LoomError `invalid_configuration` while another one has it, and when it can be no folder or may not be written;
 *   `store_unavailable` for whatever else the disk does
 */
export async function lockedFolder(dir: string): Promise<FolderLock> {
  try {
    await mkdir(dir, { recursive: true });
    return await lockStore(dir);
  } catch (error) {
    throw LoomError.is(error) ? error : unusable(dir, error);
  }
}

function unusable(dir: string, cause: unknown): LoomError {
  const { code = "", message = String(cause) } = cause as Partial<NodeJS.ErrnoException>;
  const isForGood = typeof dir !== "string" || FOR_GOOD.includes(code);
  return new LoomError(
    isForGood ? "invalid_configuration" : "store_unavailable",
    `fileMigratorStore: ${dir} cannot be used: ${message}. Give a folder that this process may write, or make.`,
    { cause },
  );
}
