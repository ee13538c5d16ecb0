import { align } from "../table.ts";
import { type Result, slowdown } from "./contest.ts";
import type { Footprint } from "./world.ts";

/** At most so many times slower with the many candidates than with the few. */
const MOST_SLOWDOWN = 1.5;
const number = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const SHORT = "falls short";

/** Loom beside raw, at one size. */
export function resultRows(results: readonly Result[], size: number): string[][] {
  return results.map(({ name, unit, raw, loom, ratio, goal }) => [
    `${name}, of ${number.format(size)}`,
    figure(raw, unit),
    figure(loom, unit),
    ratio.toFixed(2),
    goal === undefined ? "" : `${unit === "ms" ? "≤" : "≥"} ${goal}`,
    goal === undefined || isReached(ratio, goal, unit) ? "" : SHORT,
  ]);
}

/** Loom with many candidates beside Loom with few. */
export function slowdownRows(small: readonly Result[], large: readonly Result[]): string[][] {
  return small.flatMap((result, n) => {
    const other = large[n];
    if (!other || result.isAside) return [];
    const times = slowdown(result, other);
    const [few, many] = [figure(result.loom, result.unit), figure(other.loom, other.unit)];
    return [
      [
        result.name,
        few,
        many,
        times.toFixed(2),
        `≤ ${MOST_SLOWDOWN}`,
        times <= MOST_SLOWDOWN ? "" : SHORT,
      ],
    ];
  });
}

export function footprintRows({ candidates, runs, history }: Footprint, goal: number): string[][] {
  return [
    ["candidate", number.format(candidates), `≤ ${goal}`, candidates <= goal ? "" : SHORT],
    ["run: manifest and last view", number.format(runs), "", ""],
    ["three lines of history", number.format(history), "", ""],
  ];
}

export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return align([[...head], ...rows]);
}

function isReached(ratio: number, goal: number, unit: Result["unit"]): boolean {
  return unit === "ms" ? ratio <= goal : ratio >= goal;
}

function figure(value: number, unit: Result["unit"]): string {
  return unit === "ms" ? `${value.toFixed(2)} ms` : `${number.format(value)} /s`;
}
