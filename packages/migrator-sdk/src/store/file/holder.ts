import { readFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** The process that holds a lock. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process began, as far as the system tells: process ids are used again. */
  readonly began: string | null;
}

/** This process. */
export function self(): Holder {
  return { pid: process.pid, host: hostname(), began: beginningIn(statOf(process.pid)) };
}

/** Whether a process of this machine still runs. */
export async function isAlive({ pid, began }: Holder): Promise<boolean> {
  if (!exists(pid)) return false;
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  const now = beginningIn(stat);
  return now === null || began === null || now === began;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not ours to signal, but there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function statOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
}

/** Field 22 of `proc_pid_stat(5)`; the name before it may hold anything, but ends with the last parenthesis. */
function beginningIn(stat: string | undefined): string | null {
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}
