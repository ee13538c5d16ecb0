import { once } from "node:events";
import { styleText } from "node:util";
import { createScreen } from "./display/screen.ts";
import { type Flags, HELP, readFlags } from "./flags.ts";
import { showWhatToTry } from "./story/epilogue.ts";
import { openStage } from "./stage/stage.ts";
import { playStory } from "./story/story.ts";

const screen = createScreen(process.stdout);
const interrupted = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);

/** Sets the stage, plays the story, and says whether all of it came true. */
async function play(flags: Flags): Promise<boolean> {
  const started = Date.now();
  const stage = await openStage(flags);
  try {
    const proved = await Promise.race([playStory(stage, screen), stage.broken, interruption()]);
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    screen.say(
      `\n${proved ? styleText("green", "All of it is true.") : styleText("red", "Not all of it is true.")} It took ${seconds} s.`,
    );
    if (flags.keep) {
      showWhatToTry(stage, screen);
      await interrupted;
    }
    return proved;
  } finally {
    screen.clear();
    await stage.close();
  }
}

async function interruption(): Promise<never> {
  await interrupted;
  throw new Error("Interrupted");
}

try {
  const flags = readFlags(process.argv.slice(2));
  if (!flags) screen.say(HELP);
  else if (!(await play(flags))) process.exitCode = 1;
} catch (error) {
  console.error(styleText("red", error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
}
