import type { Output } from "../../display/screen.ts";

/** A terminal that remembers what is on it. It wraps lines that are too long, also when it is made narrower, as terminals do. */
export interface Terminal extends Output {
  /** What is on it, from the first line to the last. */
  text(): string;
  /** All that was written to it, as it was written. */
  written(): string;
  resize(columns: number, rows: number): void;
}

interface Row {
  readonly text: string;
  /** Whether the line goes on in the row below. */
  readonly goesOn: boolean;
}

const ESCAPE = "\u001b";
const TOKENS = new RegExp(
  `${ESCAPE}\\[(\\?7[lh]|[\\d;]*m|\\d*A|J)|\\n|[^${ESCAPE}\\n]+|${ESCAPE}`,
  "g",
);

export function createTerminal(columns: number, rows: number): Terminal {
  let content: Row[] = [];
  let [row, column] = [0, 0];
  let size = { columns, rows };
  let wraps = true;
  let written = "";

  const put = (char: string) => {
    if (column === size.columns && wraps) {
      content[row] = { text: content[row]?.text ?? "", goesOn: true };
      [row, column] = [row + 1, 0];
    }
    const at = Math.min(column, size.columns - 1);
    const { text = "" } = content[row] ?? {};
    content[row] = { text: text.slice(0, at) + char + text.slice(at + 1), goesOn: false };
    column = Math.min(column + 1, size.columns);
  };
  const newLine = () => {
    content[row] ??= { text: "", goesOn: false };
    [row, column] = [row + 1, 0];
  };
  const obey = (command: string) => {
    const top = Math.max(0, content.length + 1 - size.rows);
    if (command === "?7l" || command === "?7h") wraps = command === "?7h";
    else if (command.endsWith("A")) row = Math.max(top, row - Number.parseInt(command, 10));
    else if (command === "J") content = content.slice(0, row);
  };
  return {
    isTTY: true,
    get rows() {
      return size.rows;
    },
    get columns() {
      return size.columns;
    },
    write(text) {
      written += text;
      for (const [token, command] of text.matchAll(TOKENS)) {
        if (token === ESCAPE) throw new Error(`an escape that no terminal knows: ${text}`);
        if (command !== undefined) obey(command);
        else if (token === "\n") newLine();
        else for (const char of token) put(char);
      }
    },
    text: () => content.map(({ text }) => text).join("\n"),
    written: () => written,
    resize(newColumns, newRows) {
      size = { columns: newColumns, rows: newRows };
      content = linesOf(content).flatMap((line) => rowsOf(line, newColumns));
      row = content.length;
    },
  };
}

function linesOf(content: readonly Row[]): string[] {
  const lines: string[] = [];
  let line = "";
  for (const { text, goesOn } of content) {
    line += text;
    if (goesOn) continue;
    lines.push(line);
    line = "";
  }
  return lines;
}

function rowsOf(line: string, columns: number): Row[] {
  const texts = line.match(new RegExp(`.{1,${columns}}`, "g")) ?? [""];
  return texts.map((text, n) => ({ text, goesOn: n < texts.length - 1 }));
}
