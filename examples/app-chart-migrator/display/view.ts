import { type Progress, renderProgress, summarize } from "./progress.ts";
import type { Screen } from "./screen.ts";

const PLAIN_LINE_MILLIS = 2_000;
/** Of the terminal, for what is no candidate's line: two empty ones, the summary, and the cursor's. */
const OTHER_ROWS = 4;

/** Shows where all candidates stand: bars on a terminal; without one a line now and then. */
export function createView(screen: Screen): (all: readonly Progress[]) => void {
  let nextLine = 0;
  return (all) => {
    const { rows } = screen;
    if (rows !== undefined)
      screen.draw(["", ...renderProgress(all, rows - OTHER_ROWS), `  ${summarize(all)}`]);
    else if (Date.now() >= nextLine) {
      nextLine = Date.now() + PLAIN_LINE_MILLIS;
      screen.say(`  ${summarize(all)}`);
    }
  };
}
