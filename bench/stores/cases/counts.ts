import type { Contest } from "../contest.ts";
import { middleTime } from "../work.ts";
import type { Way } from "../world.ts";

const CALLS = 200;

/** Where the candidates of a migration stand. */
export function counts({ store, raw }: Way, migrationId: string): Contest {
  const timesOf = (call: () => Promise<unknown>) => () =>
    middleTime(Array.from({ length: CALLS }, () => call));
  return {
    name: "counts",
    unit: "ms",
    raw: timesOf(() => raw.count(migrationId)),
    loom: timesOf(() => store.countCandidates(migrationId)),
  };
}
