import { isDeepStrictEqual, styleText } from "node:util";

/** One thing that the check proves, or fails to. */
export interface Fact {
  readonly claim: string;
  /** What is not as it should be; empty when the claim is true. */
  readonly findings: readonly string[];
}

/** Compares deeply. @returns nothing when equal */
export function compare(what: string, expected: unknown, found: unknown): string[] {
  if (isDeepStrictEqual(expected, found)) return [];
  return [`${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`];
}

/** One line for a fact that is proved; for one that is not, what is wrong. */
export function renderFact({ claim, findings }: Fact): string {
  if (findings.length === 0) return `  ${styleText("green", "✓")} ${claim}`;
  const lines = findings.map((finding) => `      ${finding}`);
  return [`  ${styleText("red", "✗")} ${claim}`, ...lines].join("\n");
}
