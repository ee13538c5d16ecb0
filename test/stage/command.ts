import { parseArgs, styleText } from "node:util";
import { type Interruption, watchForInterruption } from "./interruption.ts";

/** A demo that `npm start` plays. */
export interface Command {
  readonly help: string;
  /**
   * Plays it, and says whether all of it came true.
   * @param keep whether to leave everything running at the end
   */
  readonly run: (keep: boolean, interruption: Interruption) => Promise<boolean>;
}

/** Reads the command line of a demo that has no flags of its own, and plays it. */
export async function runCommand({ help, run }: Command): Promise<void> {
  await playDemo(async (interruption) => {
    const { values: flags } = parseArgs({
      options: {
        keep: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (!flags.help) return run(flags.keep, interruption);
    console.log(help);
    return true;
  });
}

/** Plays a demo, and sets the exit code: 0 only when all of it came true. Says what kept it from being played. */
export async function playDemo(
  play: (interruption: Interruption) => Promise<boolean>,
): Promise<void> {
  const interruption = watchForInterruption();
  try {
    process.exitCode = (await play(interruption)) ? 0 : 1;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const reason = interruption.hasCome ? "Interrupted" : message;
    console.error(styleText("red", reason, { stream: process.stderr }));
    process.exitCode = 1;
  }
  // what was under way when it was interrupted is waited for by nobody
  if (interruption.hasCome) process.exit();
}
