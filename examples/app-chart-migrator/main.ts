import { once } from "node:events";
import { styleText } from "node:util";
import { createScreen } from "./display/screen.ts";
import { type Flags, HELP, readFlags } from "./flags.ts";
import { openStage, type Stage } from "./stage/stage.ts";
import { showWhatToTry } from "./story/epilogue.ts";
import { playStory } from "./story/story.ts";

const screen = createScreen(process.stdout);
const INTERRUPTED = new Error("Interrupted");
const interruption = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);

/** Sets the stage, plays the story, and says whether all of it came true. */
async function run(flags: Flags): Promise<boolean> {
  const started = Date.now();
  const stage = await openStage(flags);
  try {
    const proved = await play(stage);
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    screen.say(`\n${verdict(proved)} It took ${seconds} s.`);
    if (flags.keep) {
      showWhatToTry(stage, screen);
      await interruption;
    }
    return proved;
  } finally {
    await stage.close();
  }
}

async function play(stage: Stage): Promise<boolean> {
  const interrupted = interruption.then(() => Promise.reject(INTERRUPTED));
  try {
    return await Promise.race([playStory(stage, screen), stage.broken, interrupted]);
  } catch (error) {
    screen.end();
    if (error !== INTERRUPTED) console.error(styleText("dim", await stage.readLog()));
    throw error;
  }
}

function verdict(proved: boolean): string {
  return proved
    ? styleText("green", "All of it is true.")
    : styleText("red", "Not all of it is true.");
}

try {
  const flags = readFlags(process.argv.slice(2));
  if (!flags) screen.say(HELP);
  else if (!(await run(flags))) process.exitCode = 1;
} catch (error) {
  console.error(styleText("red", error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
}
