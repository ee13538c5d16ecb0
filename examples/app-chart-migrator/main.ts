import { styleText } from "node:util";
import { playDemo } from "../../test/stage/command.ts";
import type { Interruption } from "../../test/stage/interruption.ts";
import { createScreen } from "./display/screen.ts";
import { type Flags, HELP, readFlags } from "./flags.ts";
import { openStage, type Stage } from "./stage/stage.ts";
import { showWhatToTry } from "./story/epilogue.ts";
import { playStory } from "./story/story.ts";

const screen = createScreen(process.stdout);

/** Sets the stage, plays the story, and says whether all of it came true. */
async function run(flags: Flags, interruption: Interruption): Promise<boolean> {
  const started = Date.now();
  const stage = await openStage(flags);
  try {
    const proved = await play(stage, interruption);
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    screen.say(`\n${verdict(proved)} It took ${seconds} s.`);
    if (flags.keep) {
      showWhatToTry(stage, screen);
      await interruption.came;
    }
    return proved;
  } finally {
    await stage.close();
  }
}

async function play(stage: Stage, interruption: Interruption): Promise<boolean> {
  try {
    return await interruption.orAfter(Promise.race([playStory(stage, screen), stage.broken]));
  } catch (error) {
    screen.end();
    if (!interruption.hasCome) console.error(styleText("dim", await stage.readLog()));
    throw error;
  }
}

function verdict(proved: boolean): string {
  return proved
    ? styleText("green", "All of it is true.")
    : styleText("red", "Not all of it is true.");
}

await playDemo(async (interruption) => {
  const flags = readFlags(process.argv.slice(2));
  if (flags) return run(flags, interruption);
  screen.say(HELP);
  return true;
});
