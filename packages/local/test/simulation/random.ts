/** Random choices that a seed decides: the same seed gives the same choices in the same order. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** One of the names, each as likely as its weight is large. */
  weighted<Name extends string>(weights: Readonly<Partial<Record<Name, number>>>): Name;
}

/** Mulberry32: thirty-two bits of state, enough for some thousand choices. */
export function createRandom(seed: number): Random {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (least, most) => least + Math.floor(next() * (most - least + 1)),
    chance: (probability) => next() < probability,
    pick: (from) => picked(from, next()),
    weighted: (weights) => weightedName(weights, next()),
  };
}

function picked<T>(from: readonly T[], chance: number): T {
  const item = from[Math.floor(chance * from.length)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}

function weightedName<Name extends string>(
  weights: Readonly<Partial<Record<Name, number>>>,
  chance: number,
): Name {
  const entries = Object.entries(weights) as [Name, number][];
  let left = chance * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [name, weight] of entries) {
    left -= weight;
    if (left < 0) return name;
  }
  return picked(entries, 0)[0];
}
