import { styleText } from "node:util";
import { playDemo } from "../../test/stage/command.ts";
import type { Interruption } from "../../test/stage/interruption.ts";
import { type Flags, HELP, readFlags } from "./flags.ts";
import { openStage } from "./stage/stage.ts";
import { showWhatToTry } from "./story/epilogue.ts";
import { fleetOf } from "./story/fleet.ts";
import { createScene, type Scene } from "./story/scene.ts";
import { playStory } from "./story/story.ts";

/** Sets the stage, plays the story, and says whether all of it came true. */
async function run(flags: Flags, interruption: Interruption): Promise<boolean> {
  const started = Date.now();
  say("Starting Postgres, Temporal and the platform's service.");
  const sabotaged = flags.sabotage === "twice" ? fleetOf(flags.candidates).at(-1) : undefined;
  const stage = await openStage(sabotaged);
  try {
    const scene = createScene(stage, flags, say);
    const proved = await play(scene, interruption);
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    say(`\n${verdict(proved)} It took ${seconds} s.`);
    if (flags.keep) {
      showWhatToTry(scene);
      await interruption.came;
    }
    return proved;
  } finally {
    await stage.close();
  }
}

async function play(scene: Scene, interruption: Interruption): Promise<boolean> {
  try {
    return await interruption.orAfter(Promise.race([playStory(scene), scene.stage.broken]));
  } catch (error) {
    if (!interruption.hasCome) console.error(styleText("dim", await scene.stage.readLog()));
    throw error;
  }
}

function verdict(proved: boolean): string {
  return proved
    ? styleText("green", "All of it is true.")
    : styleText("red", "Not all of it is true.");
}

function say(line: string): void {
  console.log(line);
}

await playDemo(async (interruption) => {
  const flags = readFlags(process.argv.slice(2));
  if (flags) return run(flags, interruption);
  say(HELP);
  return true;
});
