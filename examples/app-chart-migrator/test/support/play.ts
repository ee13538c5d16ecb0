import { playDemo, type Played, type Visit } from "../../../../test/played/play.ts";

const MAIN = new URL("../../main.ts", import.meta.url);

/** Runs the whole example, without a terminal. */
export function play(flags: readonly string[], visit?: Visit): Promise<Played> {
  return playDemo(MAIN, flags, visit ? { visit } : {});
}

/** The lines of the check: each fact with its mark. */
export function factsIn(stdout: string): string[] {
  const [, facts = ""] = stdout.split("Check, from the git history of every repository\n");
  return facts.match(/^ {2}[✓✗].*$/gm) ?? [];
}
