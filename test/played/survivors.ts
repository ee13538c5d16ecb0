import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The commands of the processes of a group that still run; one that has ended and is only not collected yet does not count. */
export async function survivorsOf(group: number): Promise<string[]> {
  const all = await (process.platform === "linux" ? processesOfLinux() : processesByPs());
  return all
    .filter(({ group: its, state }) => its === group && !state.startsWith("Z"))
    .map(({ command }) => command);
}

interface Process {
  readonly group: number;
  readonly state: string;
  readonly command: string;
}

/** Without `ps`, which is not everywhere. */
async function processesOfLinux(): Promise<Process[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  // one that ends meanwhile has no files any more
  const read = (pid: string, file: string) =>
    readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
  return Promise.all(
    pids.map(async (pid) => {
      const stat = await read(pid, "stat");
      const [state = "Z", , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const command = (await read(pid, "cmdline")).replaceAll("\0", " ");
      return { group: Number(group), state: state || "Z", command };
    }),
  );
}

async function processesByPs(): Promise<Process[]> {
  const { stdout } = await run("ps", ["-A", "-o", "pgid=,stat=,args="]);
  return stdout.split("\n").map((line) => {
    const [group, state = "Z", ...command] = line.trim().split(/\s+/);
    return { group: Number(group), state, command: command.join(" ") };
  });
}
