import type { Measured } from "./measure.ts";

const number = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** The figures as people read them: Loom beside the raw work of the same run. */
export function tableOf(measured: readonly Measured[]): string {
  const head = ["", "raw /s", "Loom /s", "ratio", "goal", ""];
  const rows = measured.map(({ name, unit, raw, loom, ratio, goal }) => [
    `${name} (${unit})`,
    number.format(raw),
    number.format(loom),
    ratio.toFixed(2),
    goal === undefined ? "" : `≥ ${goal}`,
    goal === undefined || ratio >= goal ? "" : "falls short",
  ]);
  return align([head, ...rows]);
}

/** Columns under each other, the first to the left and the others to the right. */
export function align(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
