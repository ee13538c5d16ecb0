import { widthOf } from "./width.ts";

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

/** What a screen needs of a stream such as `process.stdout`. */
export interface Output {
  readonly isTTY?: boolean;
  readonly rows?: number;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Of a terminal that does not say. */
const DEFAULT_ROWS = 24;
const ESCAPE = "\u001b[";
/** A line that is too long is cut at the edge: one that wraps would be two lines to erase. */
const NO_WRAP = `${ESCAPE}?7l`;
const WRAP = `${ESCAPE}?7h`;

/**
 * Makes a screen of an output stream, such as `process.stdout`.
 *
 * @param kind of terminal; one that is `dumb` cannot move its cursor, and gets lines alone, as no terminal does
 */
export function createScreen(output: Output, kind = process.env["TERM"]): Screen {
  const canDraw = output.isTTY === true && kind !== "dumb";
  const columns = () => output.columns || Infinity;
  let drawn: readonly string[] = [];
  let drawnWithin = columns();
  let ended = false;
  /** The rows of a line that was drawn: a terminal that was made narrower since has wrapped it. */
  const rowsOf = (line: string) =>
    Math.max(1, Math.ceil(Math.min(widthOf(line), drawnWithin) / columns()));
  /** Everything in one write, so that nothing flickers. */
  const replace = (text: string, lines: readonly string[]) => {
    const height = drawn.reduce((sum, line) => sum + rowsOf(line), 0);
    const erasure = height > 0 ? `${ESCAPE}${height}A${ESCAPE}J` : "";
    const picture = lines.length > 0 ? `${NO_WRAP}${lines.join("\n")}\n${WRAP}` : "";
    drawn = lines;
    drawnWithin = columns();
    if (!ended) output.write(erasure + text + picture);
  };
  const draw = (lines: readonly string[]) => {
    if (canDraw) replace("", lines);
  };
  return {
    get rows() {
      return canDraw ? output.rows || DEFAULT_ROWS : undefined;
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
