import { align } from "../table.ts";
import { type Result, slowdown } from "./contest.ts";

/** At most so many times slower with the many candidates than with the few. */
const MOST_SLOWDOWN = 1.5;
const SHORT = "falls short";
const number = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** Results among so many candidates. */
type Among = readonly [size: number, results: readonly Result[]];

/** Loom beside the work by hand. */
export function resultTable(all: readonly Among[]): string {
  const rows = all.flatMap(([size, results]) => results.map((result) => resultRow(result, size)));
  return align([["", "by hand", "Loom", "ratio", "goal", ""], ...rows]);
}

function resultRow({ name, unit, raw, loom, ratio, goal }: Result, size: number): string[] {
  const isReached = goal === undefined || (unit === "ms" ? ratio <= goal : ratio >= goal);
  return [
    `${name}, of ${number.format(size)}`,
    figure(raw, unit),
    figure(loom, unit),
    ratio.toFixed(2),
    goal === undefined ? "" : `${unit === "ms" ? "≤" : "≥"} ${goal}`,
    isReached ? "" : SHORT,
  ];
}

/** How many times slower each is among the many than among the few. */
export function slowdownTable([few, ofFew]: Among, [many, ofMany]: Among): string {
  const head = `${number.format(many)} beside ${number.format(few)}`;
  const rows = ofFew.flatMap((small, n) => {
    const large = ofMany[n];
    return large && !small.isAside ? [slowdownRow(small, large)] : [];
  });
  return align([[head, "by hand", "Loom", "goal", ""], ...rows]);
}

function slowdownRow(small: Result, large: Result): string[] {
  const [raw, loom] = [slowdown(small, large, "raws"), slowdown(small, large, "looms")];
  const mark = loom <= MOST_SLOWDOWN ? "" : SHORT;
  return [small.name, `× ${raw.toFixed(2)}`, `× ${loom.toFixed(2)}`, `≤ ${MOST_SLOWDOWN}`, mark];
}

/** Bytes per candidate, with the most that we want where there is a goal. */
export function bytesTable(
  head: string,
  rows: readonly (readonly [what: string, bytes: number, goal?: number])[],
): string {
  const shown = rows.map(([what, bytes, goal]) => [
    what,
    number.format(bytes),
    goal === undefined ? "" : `≤ ${goal}`,
    goal === undefined || bytes <= goal ? "" : SHORT,
  ]);
  return align([[head, "bytes", "goal", ""], ...shown]);
}

function figure(value: number, unit: Result["unit"]): string {
  return unit === "ms" ? `${value.toFixed(2)} ms` : `${number.format(value)} /s`;
}
