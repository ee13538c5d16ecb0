/** Knows when nothing is under way any more. */
export interface Quiet {
  /** Makes a function whose calls are work under way until they settle. */
  watch<A extends unknown[], R>(work: (...args: A) => R): (...args: A) => R;
  /** Resolves when nothing is under way; or, at the latest, when what is has had this time and may be waiting for the test. */
  reached(): Promise<void>;
}

/** Turns of the event loop without work after which none is to be expected: chains of promises between two pieces are short. */
const CALM_TURNS = 6;

/** @param patienceMs how long something under way may take, in real milliseconds, before it counts as waiting for the test */
export function createQuiet(patienceMs: number): Quiet {
  let underWay = 0;
  let begun = 0;
  const end = () => {
    underWay -= 1;
  };
  return {
    watch:
      (work) =>
      (...args) => {
        underWay += 1;
        begun += 1;
        try {
          const result = work(...args);
          void Promise.resolve(result).then(end, end);
          return result;
        } catch (error) {
          end();
          throw error;
        }
      },
    async reached() {
      const deadline = Date.now() + patienceMs;
      let seen = begun;
      for (let calm = 0; calm < CALM_TURNS; calm += 1) {
        await new Promise<void>((resume) => setImmediate(resume));
        const isWaiting = underWay > 0 && Date.now() < deadline;
        if (isWaiting || begun !== seen) calm = -1;
        seen = begun;
      }
    },
  };
}
