import { expect, test } from "vitest";
import { countedIn, growth, type Measured, medianQuantile } from "../bench/measure.ts";
import { legendOf, tableOf } from "../bench/table.ts";

const measured: Measured = {
  name: "runs in process",
  rawIs: "direct calls",
  unit: "steps",
  raw: 103_901,
  loom: 770,
  ratio: 0.007411,
};

test("a ratio that is small can be read", () => {
  expect(tableOf([measured])).toMatch(/^runs in process \(steps\) +103,901 +770 +0\.0074$/m);
  expect(tableOf([{ ...measured, ratio: 0.7 }])).toMatch(/ 0\.70$/m);
});

test("what falls short of its goal is said, by the ratio itself and not by how it is printed", () => {
  const goal = 0.8;
  expect(tableOf([{ ...measured, ratio: 0.7999, goal }])).toMatch(/0\.80 +≥ 0\.8 +falls short$/m);
  expect(tableOf([{ ...measured, ratio: 0.8001, goal }])).toMatch(/0\.80 +≥ 0\.8$/m);
});

test("the same rates can be told in larger units, and what raw is stands below once", () => {
  const runs = countedIn("runs", 5, measured);
  expect(runs).toEqual({ ...measured, unit: "runs", raw: 20_780.2, loom: 154 });
  expect(legendOf([runs, measured])).toBe("raw of runs in process: direct calls");
});

test("percentiles are the medians of those of all rounds, whichever was the last", () => {
  const round = (slowest: number) => [...Array.from({ length: 99 }, () => 1), slowest];
  const rounds = [round(20), round(30), round(10), round(50), round(999)];
  expect(medianQuantile(rounds, 0.5)).toBe(1);
  expect(medianQuantile(rounds, 0.99)).toBe(30);
  expect(medianQuantile(rounds.toReversed(), 0.99)).toBe(30);
});

test("growth is told of a cost that grows, and not of one part that was disturbed", () => {
  expect(growth([1, 1, 1, 1, 1, 1, 1, 9, 1, 1])).toBe(1);
  expect(growth([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])).toBeGreaterThan(2);
});
