// What the stores do beside the same work by hand with the driver, in the same run, at few and at many candidates.
import { bytesPerCandidate } from "./cases/bytes.ts";
import { counts } from "./cases/counts.ts";
import { merges } from "./cases/merges.ts";
import { pages } from "./cases/pages.ts";
import { bareTransitions, transitions } from "./cases/transitions.ts";
import { type Contest, hold, type Result } from "./contest.ts";
import { candidatesOf, DATA } from "./data.ts";
import { openPostgres } from "./postgres/world.ts";
import { openRedis } from "./redis/world.ts";
import { footprintRows, resultRows, slowdownRows, tableOf } from "./report.ts";
import { fill, loomSide, rawSide } from "./sides.ts";
import type { World } from "./world.ts";

const STORES = {
  redis: { open: openRedis, mostBytes: 400 },
  postgres: { open: openPostgres, mostBytes: 600 },
} as const;

const isQuick = process.argv.includes("--quick");
const ROUNDS = isQuick ? 1 : 5;
const [FEW, MANY] = isQuick ? [200, 2_000] : [1_000, 100_000];
const SHARE = isQuick ? 100 : 1_000;

const named = process.argv.slice(3).filter((word) => !word.startsWith("--"));
for (const [name, { open, mostBytes }] of Object.entries(STORES)) {
  if (named.length > 0 && !named.includes(name)) continue;
  const world = await open();
  try {
    await report(world, mostBytes);
  } finally {
    await world.close();
  }
}

async function report(world: World, mostBytes: number): Promise<void> {
  say(`\n${world.about}; ${DATA}; medians of ${ROUNDS}`);
  const merged = await hold(merges(world, MANY), ROUNDS);
  await world.empty();
  const moved = await heldAtBoth(world, (size) => {
    const scope = { size, share: SHARE };
    return world.ways.flatMap((way) => [transitions(way, scope), bareTransitions(way, scope)]);
  });
  await world.empty();
  const read = await heldAtBoth(world, (size) => readings(world, size));
  const rows = [moved, read].flatMap(({ few, many }) => [
    ...resultRows(few, FEW),
    ...resultRows(many, MANY),
  ]);
  const head = ["", "raw", "Loom", "ratio", "goal", ""];
  say(`\n${tableOf(head, [...resultRows(merged, MANY), ...rows])}\n`);
  const slow = [moved, read].flatMap(({ few, many }) => slowdownRows(few, many));
  say(`${tableOf(["Loom alone", `of ${FEW}`, `of ${MANY}`, "times", "goal", ""], slow)}\n`);
  const footprint = await bytesPerCandidate(world, MANY);
  say(
    tableOf(["after three transitions", "bytes", "goal", ""], footprintRows(footprint, mostBytes)),
  );
  say(`counted: ${world.counted}`);
}

interface AtBoth {
  readonly few: Result[];
  readonly many: Result[];
}

/** Contests at both sizes, in turn. */
async function heldAtBoth(
  world: World,
  contestsOf: (size: number) => readonly Contest[] | Promise<readonly Contest[]>,
): Promise<AtBoth> {
  const [few, many] = [await contestsOf(FEW), await contestsOf(MANY)];
  await world.tidy();
  const results = await hold([...few, ...many], ROUNDS);
  return { few: results.slice(0, few.length), many: results.slice(few.length) };
}

async function readings(world: World, size: number): Promise<readonly Contest[]> {
  const [way] = world.ways;
  const migration = `read-${size}`;
  for (const side of [loomSide(way), rawSide(way)]) await fill(side, migration, candidatesOf(size));
  return [...(await pages(way, migration)), counts(way, migration)];
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
