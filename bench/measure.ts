/** One way of doing some work; it resolves with how much of it was done. */
export type Work = () => Promise<number>;

/** Two ways of doing the same, or something like it, to be compared. */
export interface Comparison {
  readonly name: string;
  /** What is counted, such as `steps`. */
  readonly unit: string;
  readonly raw: Work;
  readonly loom: Work;
  /** The least ratio that we want, if there is one. */
  readonly goal?: number;
  readonly close?: () => Promise<void>;
}

/** What came out, in units per second. */
export interface Measured {
  readonly name: string;
  readonly unit: string;
  readonly raw: number;
  readonly loom: number;
  readonly ratio: number;
  readonly goal?: number;
}

const ROUNDS = 5;

/** Medians of five rounds, raw and Loom in turn after a warm-up of each, so that a drift of the machine meets both. */
export async function measure(comparison: Comparison): Promise<Measured> {
  const { name, unit, goal } = comparison;
  const [raws, looms]: [number[], number[]] = [[], []];
  await rate(comparison.raw);
  await rate(comparison.loom);
  for (let round = 0; round < ROUNDS; round++) {
    raws.push(await rate(comparison.raw));
    looms.push(await rate(comparison.loom));
  }
  await comparison.close?.();
  const ratio = median(looms.map((loom, round) => loom / (raws[round] ?? Number.NaN)));
  return {
    name,
    unit,
    raw: median(raws),
    loom: median(looms),
    ratio,
    ...(goal !== undefined && { goal }),
  };
}

/** The middle one. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which a share of them lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

async function rate(work: Work): Promise<number> {
  const started = performance.now();
  const done = await work();
  return done / ((performance.now() - started) / 1000);
}
