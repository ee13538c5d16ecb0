import { execFile, execFileSync } from "node:child_process";
import { appendFile, chmod, mkdtemp, rm, rmdir, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** A disk of a test's own that is soon full, unmounted with the process that mounted it. */
export interface SmallDisk {
  /** Where it is mounted. */
  readonly dir: string;
  /** Leaves so many bytes free. */
  fill(leave?: number): Promise<void>;
  /** Frees again what was filled. */
  free(): Promise<void>;
  unmount(): Promise<void>;
}

const run = promisify(execFile);
const [UNMOUNT, LAZILY] = ["umount", "--lazy"] as const;
const CHUNK = 1 << 20;

/** Whether a small disk can be mounted here; where not, what would let it be is told. */
export async function canMountSmallDisk(): Promise<boolean> {
  try {
    await (await mountSmallDisk(1)).unmount();
    return true;
  } catch {
    console.warn("No disk is filled here: that takes root on Linux, to mount a tmpfs.");
    return false;
  }
}

export async function mountSmallDisk(megabytes: number): Promise<SmallDisk> {
  const dir = await mkdtemp(join(tmpdir(), "loom-disk-"));
  const options = `size=${megabytes}m,mode=755`;
  await run("mount", ["-t", "tmpfs", "-o", options, "loom-test", dir]).catch(async (cause) => {
    await rmdir(dir);
    throw cause;
  });
  await chmod(dir, 0o755); // the user that a server runs as must get through
  const endWithUs = () => execFileSync(UNMOUNT, [LAZILY, dir]);
  process.once("exit", endWithUs);
  const ballast = join(dir, "ballast");
  return {
    dir,
    async fill(leave = 0) {
      for (let rest = await room(); rest > leave; rest = await room())
        await appendFile(ballast, Buffer.alloc(Math.min(CHUNK, rest - leave)));
    },
    free: () => rm(ballast),
    async unmount() {
      process.removeListener("exit", endWithUs);
      await run(UNMOUNT, [LAZILY, dir]);
      await rmdir(dir);
    },
  };

  async function room(): Promise<number> {
    const { bavail, bsize } = await statfs(dir);
    return bavail * bsize;
  }
}
