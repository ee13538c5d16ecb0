import { once } from "node:events";
import { styleText } from "node:util";
import { type Flags, HELP, readFlags } from "./flags.ts";
import { openStage } from "./stage/stage.ts";
import { showWhatToTry } from "./story/epilogue.ts";
import { fleetOf } from "./story/fleet.ts";
import { createScene, type Scene } from "./story/scene.ts";
import { playStory } from "./story/story.ts";

const INTERRUPTED = new Error("Interrupted");
/** Also by whoever read our output, and reads it no more. */
const interruption = Promise.race([
  once(process, "SIGINT"),
  once(process, "SIGTERM"),
  once(process.stdout, "error"),
]);

/** Sets the stage, plays the story, and says whether all of it came true. */
async function run(flags: Flags): Promise<boolean> {
  const started = Date.now();
  say("Starting Postgres, Temporal and the platform's service.");
  const sabotaged = flags.sabotage === "twice" ? fleetOf(flags.candidates).at(-1) : undefined;
  const stage = await openStage(sabotaged);
  try {
    const scene = createScene(stage, flags, say);
    const proved = await play(scene);
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    say(`\n${verdict(proved)} It took ${seconds} s.`);
    if (flags.keep) {
      showWhatToTry(scene);
      await interruption;
    }
    return proved;
  } finally {
    await stage.close();
  }
}

async function play(scene: Scene): Promise<boolean> {
  const interrupted = interruption.then(() => Promise.reject(INTERRUPTED));
  try {
    return await Promise.race([playStory(scene), scene.stage.broken, interrupted]);
  } catch (error) {
    if (error !== INTERRUPTED) console.error(styleText("dim", await scene.stage.readLog()));
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

try {
  const flags = readFlags(process.argv.slice(2));
  if (!flags) say(HELP);
  else if (!(await run(flags))) process.exitCode = 1;
} catch (error) {
  console.error(styleText("red", error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
}
