import type { Candidate } from "@loom/core";
import type { Contest, Sample } from "../contest.ts";
import { candidatesOf, lifeOf } from "../data.ts";
import { bareSide, fill, loomSide, rawSide, type Side } from "../sides.ts";
import { eachOf, rateOf } from "../work.ts";
import type { Way } from "../world.ts";

/** Sizes of what is measured. */
export interface Scope {
  /** Candidates of a migration. */
  readonly size: number;
  /** Candidates that one sample takes through their lives. */
  readonly share: number;
}

/** Candidates go through their three changes, among as many others as the scope says. */
export function transitions(way: Way, scope: Scope): Contest {
  return {
    name: `transition, ${way.name}`,
    unit: "/s",
    goal: 0.7,
    raw: livesOf(rawSide(way), way, scope),
    loom: livesOf(loomSide(way), way, scope),
  };
}

/** The same beside a bare compare-and-set, which keeps nothing but the status and its index. */
export function bareTransitions(way: Way, scope: Scope): Contest {
  return {
    name: `… beside a bare CAS, ${way.name}`,
    unit: "/s",
    isAside: true,
    raw: livesOf(bareSide(way), way, scope),
    loom: livesOf(loomSide(way), way, scope),
  };
}

/** Each sample takes candidates that have not moved yet; when there are no more, another migration of the same size. */
function livesOf(side: Side, { atOnce }: Way, { size, share }: Scope): Sample {
  let fresh: Candidate[] = [];
  let migration = "";
  return async () => {
    if (fresh.length < share) {
      migration = `lives-${crypto.randomUUID()}`;
      fresh = candidatesOf(size);
      await fill(side, migration, fresh);
    }
    const lives = fresh.splice(0, share).map((candidate) => lifeOf(migration, candidate));
    return rateOf(lives.flat().length, () =>
      eachOf(lives, atOnce, async (life) => {
        for (const change of life) await side.change(change);
      }),
    );
  };
}
