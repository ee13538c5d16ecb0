import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { LoomError } from "@loom/core";
import type { FolderLock } from "../src/embedded/folder-lock/folder-lock.ts";

/** What a process that contends for folders is told to do, and what it answers with. */
export type LockDeed = { readonly take: string } | { readonly release: true };
export type LockAnswer = "held" | "refused" | "released";

/** Ends this process by SIGKILL in place of its work on a file of that number; there is no such work when it is 0. */
const dieAt = Number(process.argv[2]);
let works = 0;
for (const name of ["writeFile", "link", "readdir", "readFile", "unlink"] as const) {
  const real = fs[name] as (...given: unknown[]) => unknown;
  const counted = (...given: unknown[]) => {
    if (++works === dieAt) process.kill(process.pid, "SIGKILL");
    return real(...given);
  };
  Object.assign(fs, { [name]: counted });
}
syncBuiltinESMExports();
const { lockDatabase } = await import("../src/embedded/lock.ts");

let lock: FolderLock | undefined;

async function answer(deed: LockDeed): Promise<LockAnswer> {
  if ("release" in deed) {
    await lock?.release();
    return "released";
  }
  try {
    lock = await lockDatabase(deed.take);
    return "held";
  } catch (error) {
    if (LoomError.is(error, "invalid_configuration")) return "refused";
    throw error;
  }
}

// An answer that fails ends the process.
process.on("message", (deed: LockDeed) => void answer(deed).then((each) => process.send?.(each)));
