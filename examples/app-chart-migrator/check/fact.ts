import { isDeepStrictEqual } from "node:util";

/** Where the repositories are not what they should be. */
export interface Finding {
  /** A repository, and what in it. */
  readonly where: string;
  readonly expected: unknown;
  readonly found: unknown;
}

/** One thing that the check proves, or fails to. */
export interface Fact {
  readonly claim: string;
  /** Empty when the claim is true. */
  readonly findings: readonly Finding[];
}

/** Compares deeply. @returns nothing when equal */
export function compare(where: string, expected: unknown, found: unknown): Finding[] {
  return isDeepStrictEqual(expected, found) ? [] : [{ where, expected, found }];
}

/** Compares two lists whose order does not matter. @returns only the differences */
export function compareSets(
  where: string,
  expected: readonly string[],
  found: readonly string[],
): Finding[] {
  const missing = without(expected, found);
  const surplus = without(found, expected);
  if (missing.length + surplus.length === 0) return [];
  return [{ where, expected: missing, found: surplus }];
}

/** Takes away one of `these` for each of `those`: what is there twice has to be expected twice. */
function without(these: readonly string[], those: readonly string[]): string[] {
  const left = [...those];
  return these.filter((it) => {
    const at = left.indexOf(it);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
