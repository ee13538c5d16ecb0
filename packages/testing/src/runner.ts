/** The part of a test runner that the suites use: vitest, jest, and node:test with any such `expect`, have it. */
export interface Runner {
  readonly describe: (title: string, body: () => void) => void;
  readonly test: (title: string, body: () => Promise<void>) => void;
  readonly expect: Expect;
}

/** Makes a statement about a value; a false one throws. */
export type Expect = (actual: unknown) => Matchers;

/** The statements that the suites make. */
export interface Matchers {
  /** The same value. */
  toBe(expected: unknown): void;
  /** Equal in all parts; a part that is `undefined` counts as absent. */
  toEqual(expected: unknown): void;
  /** Has at least these parts. */
  toMatchObject(expected: Record<string, unknown>): void;
}
