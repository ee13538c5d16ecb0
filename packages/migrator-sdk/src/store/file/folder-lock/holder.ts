import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";

/** The process that has a lock. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process began, as far as the system tells: process ids are used again. */
  readonly began: string | null;
  /** Among which processes its id names it, as far as the system tells: those of a container have ids of their own. */
  readonly space: string | null;
}

/** What can be told of a process from here. */
export type Fate = "alive" | "gone" | "unknown";

let own: Promise<Holder> | undefined;

/** This process. */
export function self(): Promise<Holder> {
  own ??= describeSelf();
  return own;
}

async function describeSelf(): Promise<Holder> {
  const { pid } = process;
  const began = (await lookAt(pid))?.began ?? null;
  const space = (await known(readlink("/proc/self/ns/pid"))) ?? null;
  return { pid, host: hostname(), began, space };
}

/** Whether the process still runs, if that can be told from here: not of one in another container, or on another machine. */
export async function fateOf(holder: Holder): Promise<Fate> {
  if (!isInSight(holder, await self())) return "unknown";
  if (!exists(holder.pid)) return "gone";
  const found = await lookAt(holder.pid);
  if (found?.isDead) return "gone";
  if (!found || holder.began === null) return "unknown";
  return found.began === holder.began ? "alive" : "gone";
}

/** Whether an id means the same there and here. Names of hosts do not tell: containers of one name are many. */
function isInSight(holder: Holder, here: Holder): boolean {
  const [there, ours] = [startOfMachine(holder), startOfMachine(here)];
  const isSameMachine = there && ours ? there === ours : holder.host === here.host;
  return isSameMachine && (holder.space ?? null) === here.space;
}

function startOfMachine({ began }: Holder): string | undefined {
  return began?.split(" ")[1];
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
 * Fields 3 and 22 of `proc_pid_stat(5)`. The second is in ticks since the start of the machine, which the first processes of a
 * small one may have twice: it goes with which start that was. A dead process is listed until its parent has looked after it,
 * which the first process of a container may never do. The name before the fields ends with the last parenthesis.
 */
async function lookAt(pid: number): Promise<{ isDead: boolean; began: string } | undefined> {
  const stat = await known(readFile(`/proc/${pid}/stat`, "utf8"));
  const start = await known(readFile("/proc/sys/kernel/random/boot_id", "utf8"));
  const [state = "", ...fields] = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
  const ticks = fields[18];
  if (ticks === undefined || start === undefined) return undefined;
  return { isDead: "ZX".includes(state), began: `${ticks} ${start.trim()}` };
}

/** Nothing where the system has no such file. */
function known(text: Promise<string>): Promise<string | undefined> {
  return text.catch(() => undefined);
}
