/** One way of doing some work; it resolves with how much of it was done. */
export type Work = () => Promise<number>;

/** Two ways of doing the same, or something like it, to be compared. */
export interface Comparison {
  readonly name: string;
  /** What raw does. */
  readonly rawIs: string;
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
  readonly rawIs: string;
  readonly unit: string;
  readonly raw: number;
  readonly loom: number;
  readonly ratio: number;
  readonly goal?: number;
}

const ROUNDS = 5;

/** Medians of five rounds, raw and Loom in turn after a warm-up of each, so that a drift of the machine meets both. */
export async function measure(comparison: Comparison): Promise<Measured> {
  const { name, rawIs, unit, goal } = comparison;
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
    rawIs,
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

/** The median of what each round has at a share, such as the p99 of each at 0.99. */
export function medianQuantile(rounds: readonly (readonly number[])[], share: number): number {
  return median(rounds.map((values) => quantile(values, share)));
}

/** How often as much the later half of parts cost as the earlier one, part for part. */
export function growth(costs: readonly number[]): number {
  const middle = Math.floor(costs.length / 2);
  return median(costs.slice(-middle)) / median(costs.slice(0, middle));
}

/** The same, counted in units of which each is as many of those that were measured. */
export function countedIn(unit: string, size: number, measured: Measured): Measured {
  return { ...measured, unit, raw: measured.raw / size, loom: measured.loom / size };
}

async function rate(work: Work): Promise<number> {
  const started = performance.now();
  const done = await work();
  return done / ((performance.now() - started) / 1000);
}
