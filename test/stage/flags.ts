/** Reads how many candidates a demo has. @throws Error that names the flag and what it takes */
export function readCandidates(value: string): number {
  const count = /^\d+$/.test(value) ? Number(value) : 0;
  if (count >= 3 && count <= 200) return count;
  throw new Error(`--candidates takes a number from 3 to 200, not '${value}'`);
}

/** Reads one of a few words. @throws Error that names the flag and what it takes */
export function readOneOf<Word extends string>(
  flag: string,
  words: readonly Word[],
  value: string,
): Word {
  const word = words.find((it) => it === value);
  if (word) return word;
  throw new Error(`${flag} takes ${words.join(" or ")}, not '${value}'`);
}
