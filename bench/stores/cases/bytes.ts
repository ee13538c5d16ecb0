import { candidatesOf, lifeOf } from "../data.ts";
import { bytesTable } from "../report.ts";
import { SCALE } from "../scale.ts";
import { fill, loomSide } from "../sides.ts";
import { eachOf } from "../work.ts";
import type { Footprint, World } from "../world.ts";

const MIGRATION = "chart-upgrade";

/** Bytes per candidate once each has gone through its three changes. */
export async function bytesRows(world: World): Promise<string> {
  const rows: [string, number, number?][] = [];
  for (const [pace, share] of Object.entries(world.paces)) {
    const { candidates, runs, history } = await weigh(world, share);
    rows.push([`a candidate${pace}`, candidates, world.mostBytes]);
    if (share === 1) continue;
    rows.push(["its run: manifest and last view", runs]);
    rows.push(["its three lines of history", history]);
  }
  return `${bytesTable("after three transitions", rows)}\ncounted: ${world.counted}`;
}

/** All take the first change, then all the second, and so on; the server tidies up after each share of them. */
async function weigh(world: World, share: number): Promise<Footprint> {
  await world.empty();
  const before = await world.footprint();
  const { weighed: size } = SCALE;
  const candidates = candidatesOf(size);
  const way = world.ways.at(-1) ?? world.ways[0];
  const side = loomSide(way);
  await fill(side, MIGRATION, candidates);
  const lives = candidates.map((candidate) => lifeOf(MIGRATION, candidate));
  const part = Math.ceil(size * share);
  for (const step of [0, 1, 2])
    for (let from = 0; from < size; from += part) {
      const changes = lives.slice(from, from + part).flatMap((life) => life[step] ?? []);
      await eachOf(changes, way.atOnce, (change) => side.change(change));
      if (share < 1) await world.tidy();
    }
  await world.tidy();
  const after = await world.footprint();
  const each = (what: keyof Footprint) => (after[what] - before[what]) / size;
  return { candidates: each("candidates"), runs: each("runs"), history: each("history") };
}
