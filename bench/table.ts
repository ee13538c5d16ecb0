import type { Measured } from "./measure.ts";

const number = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
/** Two digits that say something, however small it is. */
const small = new Intl.NumberFormat("en", {
  minimumSignificantDigits: 2,
  maximumSignificantDigits: 2,
});

/** The figures as people read them: Loom beside the raw work of the same run. */
export function tableOf(measured: readonly Measured[]): string {
  const head = ["", "raw /s", "Loom /s", "ratio", "goal", ""];
  const rows = measured.map(({ name, unit, raw, loom, ratio, goal }) => [
    `${name} (${unit})`,
    number.format(raw),
    number.format(loom),
    small.format(ratio),
    goal === undefined ? "" : `≥ ${goal}`,
    goal === undefined || ratio >= goal ? "" : "falls short",
  ]);
  return align([head, ...rows]);
}

/** What raw is in each row of the table. */
export function legendOf(measured: readonly Measured[]): string {
  const lines = measured.map(({ name, rawIs }) => `raw of ${name}: ${rawIs}`);
  return [...new Set(lines)].join("\n");
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
