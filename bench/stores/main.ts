// npm run bench -- stores [redis | postgres] [merges | transitions | pages | bytes] [--quick]: what the stores do beside the same
// work by hand with the driver, in the same run, at few and at many candidates.
import { bytesRows } from "./cases/bytes.ts";
import { counts } from "./cases/counts.ts";
import { merges } from "./cases/merges.ts";
import { pages } from "./cases/pages.ts";
import { bareTransitions, transitions } from "./cases/transitions.ts";
import { type Contest, hold } from "./contest.ts";
import { candidatesOf, DATA } from "./data.ts";
import { openPostgres } from "./postgres/world.ts";
import { openRedis } from "./redis/world.ts";
import { resultTable, slowdownTable } from "./report.ts";
import { fill, loomSide, rawSide } from "./sides.ts";
import { SCALE } from "./scale.ts";
import type { World } from "./world.ts";

const { rounds, few: FEW, many: MANY } = SCALE;
const STORES = { redis: openRedis, postgres: openPostgres };
const PARTS: Readonly<Record<string, (world: World) => Promise<string>>> = {
  merges: async (world) => resultTable([[MANY, await hold(merges(world, MANY), rounds)]]),
  transitions: (world) => atBoth(world, (size) => moving(world, size)),
  pages: (world) => atBoth(world, (size) => reading(world, size)),
  bytes: bytesRows,
};

const words = process.argv.slice(3);
for (const [name, open] of chosen(Object.entries(STORES))) {
  const world = await open();
  say(`\n${name}: ${world.about}; ${DATA}; medians of ${rounds}`);
  for (const [, measure] of chosen(Object.entries(PARTS))) {
    await world.empty();
    say(`\n${await measure(world)}`);
  }
  await world.close();
}

/** Those that are named, or all when none is. */
function chosen<T>(entries: readonly (readonly [string, T])[]): readonly (readonly [string, T])[] {
  const named = entries.filter(([name]) => words.includes(name));
  return named.length > 0 ? named : entries;
}

/** Contests at both sizes, each beside its like, so that a drift of the machine meets both. */
async function atBoth(
  world: World,
  contestsOf: (size: number) => readonly Contest[] | Promise<readonly Contest[]>,
): Promise<string> {
  const [few, many] = [await contestsOf(FEW), await contestsOf(MANY)];
  await world.tidy();
  const results = await hold(
    few.flatMap((contest, n) => [contest, many[n] ?? contest]),
    rounds,
  );
  const [ofFew, ofMany] = [0, 1].map((rest) => results.filter((_, n) => n % 2 === rest));
  const all = [[FEW, ofFew ?? []] as const, [MANY, ofMany ?? []] as const] as const;
  return `${resultTable(all)}\n\n${slowdownTable(...all)}`;
}

function moving({ ways }: World, size: number): readonly Contest[] {
  const scope = { size, share: SCALE.share };
  return ways.flatMap((way) => [transitions(way, scope), bareTransitions(way, scope)]);
}

async function reading({ ways: [way] }: World, size: number): Promise<readonly Contest[]> {
  const migration = `read-${size}`;
  for (const side of [loomSide(way), rawSide(way)]) await fill(side, migration, candidatesOf(size));
  return [...(await pages(way, migration)), counts(way, migration)];
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
