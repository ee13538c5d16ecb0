/** How much is measured. */
export interface Scale {
  readonly rounds: number;
  /** Candidates of a migration. */
  readonly few: number;
  readonly many: number;
  /** Candidates that one sample of transitions takes through their lives. */
  readonly share: number;
  /** Candidates whose bytes are counted. */
  readonly weighed: number;
}

const WHOLE: Scale = { rounds: 5, few: 1_000, many: 100_000, share: 400, weighed: 20_000 };
/** To see that it works: the figures mean nothing. */
const QUICK: Scale = { rounds: 1, few: 200, many: 1_000, share: 100, weighed: 500 };

export const SCALE = process.argv.includes("--quick") ? QUICK : WHOLE;
