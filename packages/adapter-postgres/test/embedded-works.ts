import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

/** Ends this process as a crash would. */
export function die(): void {
  process.kill(process.pid, "SIGKILL");
}

/**
 * Counts what is changed on the disk from then on.
 *
 * @param death the number of the change in place of which this process dies; nothing else is one
 */
export function countWorks(death: unknown): () => number {
  let works = 0;
  for (const name of ["writeSync", "ftruncateSync", "renameSync", "unlinkSync", "mkdirSync"]) {
    const real = Reflect.get(fs, name) as (...given: unknown[]) => unknown;
    const counted = (...given: unknown[]) => {
      if (++works === death) die();
      return real(...given);
    };
    Object.assign(fs, { [name]: counted });
  }
  syncBuiltinESMExports();
  return () => works;
}
