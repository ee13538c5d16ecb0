import { readFile } from "node:fs/promises";
import { hostname } from "node:os";

/** The process that has a lock. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process began, as far as the system tells: process ids are used again. */
  readonly began: string | null;
}

/** This process. */
export async function self(): Promise<Holder> {
  return { pid: process.pid, host: hostname(), began: await beginningOf(process.pid) };
}

/** Whether a process of this machine still runs. */
export async function isAlive({ pid, began }: Holder): Promise<boolean> {
  if (!exists(pid)) return false;
  const now = await beginningOf(pid);
  return now === null || began === null || now === began;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not ours to signal, but there.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * Which start of the machine it was, and field 22 of `proc_pid_stat(5)`: ticks since then, which the first processes of a
 * container or a small machine may have twice. The name before it may hold anything, but ends with the last parenthesis.
 */
async function beginningOf(pid: number): Promise<string | null> {
  const stat = await textOf(`/proc/${pid}/stat`);
  const ticks = stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  if (ticks === undefined) return null;
  return `${ticks} ${(await textOf("/proc/sys/kernel/random/boot_id"))?.trim() ?? ""}`;
}

/** Nothing where the system has no such file. */
function textOf(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined);
}
