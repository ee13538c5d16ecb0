import { candidatesOf, lifeOf } from "../data.ts";
import { fill, loomSide } from "../sides.ts";
import { eachOf } from "../work.ts";
import type { Footprint, World } from "../world.ts";

/** How many candidates change between two tidyings, as a share of all. */
const BETWEEN_TIDYINGS = 0.05;

/** Bytes per candidate once each has gone through its three changes, step by step as in life. */
export async function bytesPerCandidate(world: World, size: number): Promise<Footprint> {
  await world.empty();
  const before = await world.footprint();
  const candidates = candidatesOf(size);
  const way = world.ways.at(-1) ?? world.ways[0];
  const side = loomSide(way);
  await fill(side, "sized", candidates);
  const lives = candidates.map((candidate) => lifeOf("sized", candidate));
  const part = Math.ceil(size * BETWEEN_TIDYINGS);
  for (const step of [0, 1, 2])
    for (let from = 0; from < size; from += part) {
      const changes = lives.slice(from, from + part).flatMap((life) => life[step] ?? []);
      await eachOf(changes, way.atOnce, (change) => side.change(change));
      await world.tidy();
    }
  const after = await world.footprint();
  const each = (what: keyof Footprint) => (after[what] - before[what]) / size;
  return { candidates: each("candidates"), runs: each("runs"), history: each("history") };
}
