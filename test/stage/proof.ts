import { inspect, isDeepStrictEqual } from "node:util";

/** One thing that is proved, or is not. */
export interface Fact {
  readonly claim: string;
  readonly expected: unknown;
  readonly found: unknown;
}

/** Prints each fact below a heading, with what was expected and found of those that do not hold. @returns whether all do */
export function tellProof(heading: string, facts: readonly Fact[]): boolean {
  console.log(`\n${heading}`);
  for (const fact of facts) {
    console.log(`  ${isTrue(fact) ? "✓" : "✗"} ${fact.claim}`);
    if (!isTrue(fact)) console.log(inspect({ expected: fact.expected, found: fact.found }));
  }
  const proved = facts.every(isTrue);
  console.log(proved ? "\nAll of it is true." : "\nNot all of it is true.");
  return proved;
}

function isTrue({ expected, found }: Fact): boolean {
  return isDeepStrictEqual(expected, found);
}
