import { once } from "node:events";
import { parseArgs } from "node:util";

/** A demo that `npm start` plays. */
export interface Command {
  readonly help: string;
  /** Plays it, and says whether all of it came true. @param keep whether to leave everything running at the end */
  readonly run: (keep: boolean) => Promise<boolean>;
}

/** Reads the command line, runs, and sets the exit code: 0 only when all of it came true. */
export async function runCommand({ help, run }: Command): Promise<void> {
  try {
    const { values: flags } = parseArgs({
      options: {
        keep: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (flags.help) console.log(help);
    else if (!(await run(flags.keep))) process.exitCode = 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

/** Waits until somebody ends the demo, by Ctrl-C or by a signal. */
export async function untilInterrupted(): Promise<void> {
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
}
