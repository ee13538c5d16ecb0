import { stripVTControlCharacters, styleText } from "node:util";

/** Renders rows in columns as wide as need be; numbers stand on the right. */
export function renderTable(
  headings: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const widths = headings.map((heading, column) =>
    Math.max(width(heading), ...rows.map((row) => width(row[column] ?? ""))),
  );
  const line = (cells: readonly (string | number)[]) =>
    widths
      .map((size, column) => pad(cells[column] ?? "", size))
      .join("  ")
      .trimEnd();
  return [
    styleText("bold", line(headings)),
    styleText("dim", widths.map((size) => "─".repeat(size)).join("  ")),
    ...rows.map(line),
  ].join("\n");
}

function pad(cell: string | number, size: number): string {
  const space = " ".repeat(size - width(cell));
  return typeof cell === "number" ? `${space}${cell}` : `${cell}${space}`;
}

function width(cell: string | number): number {
  return stripVTControlCharacters(String(cell)).length;
}
