/** Where the story is told: lines that stay, and below them, on a terminal, a picture that is drawn anew. */
export interface Screen {
  /** Prints lines that stay. */
  say(text?: string): void;
  /** Draws the picture of where things stand, in place of the last one. Prints nothing without a terminal. */
  draw(lines: readonly string[]): void;
  /** Takes the picture away. */
  clear(): void;
  /** Takes the picture away, and shows nothing any more, whoever still speaks. */
  end(): void;
  /** How many lines fit on the terminal; absent without one. */
  readonly rows: number | undefined;
}

/** Of a terminal that does not say. */
const DEFAULT_ROWS = 24;
const ESCAPE = "\u001b[";
/** A line that is too long is cut at the edge: one that wraps would be two lines to erase. */
const NO_WRAP = `${ESCAPE}?7l`;
const WRAP = `${ESCAPE}?7h`;

/** Makes a screen of an output stream, such as `process.stdout`. */
export function createScreen(output: NodeJS.WriteStream): Screen {
  let drawn: readonly string[] = [];
  let ended = false;
  /** Everything in one write, so that nothing flickers. */
  const replace = (text: string, lines: readonly string[]) => {
    const erasure = drawn.length > 0 ? `${ESCAPE}${drawn.length}A${ESCAPE}J` : "";
    const picture = lines.length > 0 ? `${NO_WRAP}${lines.join("\n")}\n${WRAP}` : "";
    drawn = lines;
    if (!ended) output.write(erasure + text + picture);
  };
  const draw = (lines: readonly string[]) => {
    if (output.isTTY) replace("", lines);
  };
  return {
    get rows() {
      return output.isTTY ? output.rows || DEFAULT_ROWS : undefined;
    },
    say: (text = "") => replace(`${text}\n`, drawn),
    draw,
    clear: () => draw([]),
    end: () => {
      draw([]);
      ended = true;
    },
  };
}
