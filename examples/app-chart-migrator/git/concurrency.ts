/** Runs work, later if need be. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

/** Lets at most `places` pieces of work run at the same time; the others wait in order. */
export function createLimit(places: number): Limit {
  const waiting: (() => void)[] = [];
  let free = places;
  const enter = async () => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resume) => waiting.push(resume));
  };
  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  return async (work) => {
    await enter();
    try {
      return await work();
    } finally {
      leave();
    }
  };
}

/** One piece of work at a time per key, such as the name of a repository. */
export function createTurns(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const turns = new Map<string, Limit>();
  return async (key, work) => {
    const turn = turns.get(key) ?? createLimit(1);
    turns.set(key, turn);
    return await turn(work);
  };
}
