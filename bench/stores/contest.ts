import { median } from "../measure.ts";

/** Prepares some work, does it, and says what it came to: how many per second, or how many milliseconds each. */
export type Sample = () => Promise<number>;

/** Whether more is better, as of a rate, or less, as of a time. */
export type Unit = "/s" | "ms";

/** One thing done by Loom and by hand. */
export interface Contest {
  readonly name: string;
  readonly unit: Unit;
  readonly raw: Sample;
  readonly loom: Sample;
  /** How Loom may stand to raw: at least so much of its rate, or at most so many times its time. */
  readonly goal?: number;
  /** What stands beside another contest to place it, and is none of its own. */
  readonly isAside?: boolean;
}

/** Medians of the rounds, and of the rounds' ratios. */
export interface Result extends Omit<Contest, "raw" | "loom"> {
  readonly raw: number;
  readonly loom: number;
  readonly ratio: number;
  /** The figures of each round. */
  readonly raws: readonly number[];
  readonly looms: readonly number[];
}

/** The rounds of several contests, one sample of each side in turn after a warm-up, so that a drift of the machine meets all. */
export async function hold(contests: readonly Contest[], rounds: number): Promise<Result[]> {
  const samples = contests.map(() => ({ raw: [] as number[], loom: [] as number[] }));
  for (let round = -1; round < rounds; round++)
    for (const [n, contest] of contests.entries())
      for (const side of ["raw", "loom"] as const) {
        const figure = await contest[side]();
        if (round >= 0) samples[n]?.[side].push(figure);
      }
  return contests.map((contest, n) =>
    resultOf(contest, samples[n]?.raw ?? [], samples[n]?.loom ?? []),
  );
}

function resultOf(contest: Contest, raws: readonly number[], looms: readonly number[]): Result {
  return {
    ...contest,
    raw: median(raws),
    loom: median(looms),
    ratio: ratioOf(looms, raws),
    raws,
    looms,
  };
}

/** The median of the ratios of each round, so that both sides of a ratio are of one moment. */
function ratioOf(these: readonly number[], those: readonly number[]): number {
  return median(these.map((figure, round) => figure / (those[round] ?? Number.NaN)));
}

/** How many times slower one side is in the second of two results. */
export function slowdown(small: Result, large: Result, side: "raws" | "looms"): number {
  return small.unit === "ms"
    ? ratioOf(large[side], small[side])
    : ratioOf(small[side], large[side]);
}
