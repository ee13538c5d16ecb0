import { playDemo, type Played, type Visit } from "../../../../test/played/play.ts";

const MAIN = new URL("../../main.ts", import.meta.url);

/** Runs the whole example, without a terminal. */
export function play(
  flags: readonly string[],
  more: { readonly visit?: Visit; readonly environment?: NodeJS.ProcessEnv } = {},
): Promise<Played> {
  return playDemo(MAIN, flags, more);
}

/** The lines of the check: each fact with its mark. */
export function factsIn(stdout: string): string[] {
  const [, facts = ""] = stdout.split("\nCheck, from ");
  return facts.match(/^ {2}[✓✗].*$/gm) ?? [];
}
