import { createMemoryStore } from "../../src/index.ts";
import { createFaults } from "./faults.ts";
import { checkStore } from "./final-laws.ts";
import { createLedger } from "./ledger.ts";
import { createMigratorWorld } from "./migrators.ts";
import { createOperators } from "./operators.ts";
import { candidatesOf } from "./plans.ts";
import { createProcesses, type Processes } from "./processes.ts";
import { createRandom } from "./random.ts";
import { settle } from "./settling.ts";
import type { Outcome, Plant, Simulation } from "./simulation.ts";
import { createTimeline } from "./timeline.ts";
import { createTrace } from "./trace.ts";
import type { World } from "./world.ts";

const ACTIONS = 36;

/** Plays what a seed decides, to its end or to the first broken law. */
export async function simulate(seed: number, plant: Plant = {}): Promise<Outcome> {
  const simulation = assemble(seed, plant);
  const { world, store, ledger, migrators, operators } = simulation;
  const { lines, violations } = world.trace;
  const isBroken = () => violations.length > 0;
  await misbehave(simulation, isBroken);
  if (!isBroken()) await settle(simulation, isBroken);
  if (!isBroken()) {
    await checkStore(world, ledger, store);
    migrators.check();
    operators.check();
  }
  return { trace: lines, violations };
}

function assemble(seed: number, plant: Plant): Simulation {
  const random = createRandom(seed);
  const timeline = createTimeline(random);
  const trace = createTrace(timeline);
  const world = { random, timeline, trace, faults: createFaults(random, timeline) };
  const memory = createMemoryStore();
  const store = plant.store?.(memory, world) ?? memory;
  const ledger = createLedger(world, store);
  const serving = () => processes.serving();
  const migrators = createMigratorWorld(world, ledger, serving);
  const processes = createProcesses(world, {
    storeFor: ledger.storeFor,
    engineOf: (engine) => plant.engine?.(engine, world) ?? engine,
    migratorsFor(machine) {
      const link = migrators.linkFor(machine);
      return plant.migrators?.(link, world) ?? link;
    },
  });
  const candidates = candidatesOf(random);
  const operators = createOperators(world, { ledger, migrators, candidates, serving });
  return { world, store, ledger, processes, migrators, operators, candidates };
}

/** Operators act, while processes come and go and everything fails now and then. */
async function misbehave(
  { world, processes, operators }: Simulation,
  isBroken: () => boolean,
): Promise<void> {
  const { random, timeline } = world;
  for (let count = random.between(1, 3); count > 0; count--) processes.begin();
  await timeline.runFor(3_000, isBroken);
  void operators.announce();
  await timeline.runFor(5_000, isBroken);
  void operators.discoverAll();
  for (let action = 0; action < ACTIONS && !isBroken(); action++) {
    await timeline.runFor(random.between(0, 5_000), isBroken);
    if (random.chance(0.06)) end(world, processes);
    if (processes.serving().length === 0 || random.chance(0.03)) processes.begin();
    operators.act();
  }
}

function end({ random }: World, processes: Processes): void {
  const serving = processes.serving();
  if (serving.length === 0) return;
  const process = random.pick(serving);
  if (random.chance(0.6)) process.kill();
  else void processes.close(process);
}
