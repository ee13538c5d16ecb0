import { clearScreenDown, moveCursor } from "node:readline";

/** Where the story is told: lines that stay, and below them, on a terminal, a picture that is drawn anew. */
export interface Screen {
  /** Prints lines that stay. */
  say(text?: string): void;
  /** Draws the picture of where things stand, in place of the last one. Prints nothing without a terminal. */
  draw(lines: readonly string[]): void;
  /** Takes the picture away. */
  clear(): void;
  /** Whether there is a terminal to draw on, and its size. */
  readonly size: { readonly columns: number; readonly rows: number } | undefined;
}

/** Makes a screen of an output stream, such as `process.stdout`. */
export function createScreen(output: NodeJS.WriteStream): Screen {
  let drawn: readonly string[] = [];
  const erase = () => {
    if (drawn.length === 0) return;
    moveCursor(output, 0, -drawn.length);
    clearScreenDown(output);
  };
  const draw = (lines: readonly string[]) => {
    if (!output.isTTY) return;
    erase();
    drawn = lines;
    output.write(lines.map((line) => `${line}\n`).join(""));
  };
  return {
    get size() {
      return output.isTTY ? { columns: output.columns, rows: output.rows } : undefined;
    },
    say: (text = "") => {
      const picture = drawn;
      erase();
      drawn = [];
      output.write(`${text}\n`);
      draw(picture);
    },
    draw,
    clear: () => draw([]),
  };
}
