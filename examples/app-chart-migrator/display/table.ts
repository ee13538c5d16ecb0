import { styleText } from "node:util";
import { widthOf } from "./width.ts";

/** Renders rows in columns as wide as need be; numbers stand on the right. */
export function renderTable(
  headings: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const widths = headings.map((heading, column) =>
    Math.max(widthOf(heading), ...rows.map((row) => widthOf(row[column] ?? ""))),
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

function isNumber(cell: string | number): boolean {
  return /^\d+(\.\d+)?$/.test(String(cell));
}

function pad(cell: string | number, size: number): string {
  const space = " ".repeat(size - widthOf(cell));
  return isNumber(cell) ? `${space}${cell}` : `${cell}${space}`;
}
