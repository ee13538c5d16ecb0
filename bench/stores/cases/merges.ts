import type { Contest } from "../contest.ts";
import { candidatesOf } from "../data.ts";
import { loomSide, rawSide, type Side } from "../sides.ts";
import { rateOf } from "../work.ts";
import type { World } from "../world.ts";

/** A whole list of candidates, first when all are new, then again when nothing has changed. */
export function merges(world: World, size: number): readonly Contest[] {
  const [way] = world.ways;
  const candidates = candidatesOf(size);
  const first = (side: Side) => async () => {
    await world.empty();
    await side.register("merged");
    return rateOf(size, () => side.merge("merged", candidates));
  };
  const again = (side: Side) => async () => {
    await first(side)();
    return rateOf(size, () => side.merge("merged", candidates));
  };
  const contest = (name: string, sample: typeof first): Contest => ({
    name,
    unit: "/s",
    goal: 0.6,
    raw: sample(rawSide(way)),
    loom: sample(loomSide(way)),
  });
  return [contest("merge of new candidates", first), contest("merge of the same again", again)];
}
