import type { ExecutionEngine, Migrators, Store } from "@loom/core";
import { createLoom } from "@loom/core";
import { createLocalEngine } from "../../src/index.ts";
import { MOST_SKEW_MS } from "./lease-book.ts";
import { storeLink } from "./store-link.ts";
import type { LoomProcess, Machine, World } from "./world.ts";

/** The processes of a simulation: they come, are killed, and close. */
export interface Processes {
  serving(): readonly LoomProcess[];
  /** Begins one; it serves once its `open` got through. */
  begin(): void;
  close(process: LoomProcess): Promise<void>;
}

/** What a process is made of besides its Loom. */
export interface ProcessParts {
  storeFor(process: string): Store;
  migratorsFor(machine: Machine): Migrators;
  engineOf(engine: ExecutionEngine): ExecutionEngine;
}

const LEASE_MS = 40_000;
const POLL_MS = 45_000;
const RECOVERY_SECONDS = 50;

export function createProcesses(world: World, parts: ProcessParts): Processes {
  const { timeline, trace } = world;
  const processes = new Set<LoomProcess>();
  let begun = 0;

  const open = async (process: LoomProcess) => {
    while (process.isAlive && !process.isServing) {
      try {
        await process.loom.open();
        process.isServing = true;
        trace.note(`${process.name} is open`);
      } catch {
        await timeline.sleep(2_000);
      }
    }
  };

  return {
    serving: () => [...processes].filter(({ isAlive, isServing }) => isAlive && isServing),
    begin() {
      const process = createProcess(world, parts, `p${++begun}`);
      processes.add(process);
      void open(process);
    },
    async close(process) {
      trace.note(`${process.name} closes`);
      process.isServing = false;
      await process.loom.close();
      trace.note(`${process.name} is closed`);
      process.isAlive = false;
    },
  };
}

function createProcess(world: World, parts: ProcessParts, name: string): LoomProcess {
  const { random, timeline, trace } = world;
  const skew = random.between(-MOST_SKEW_MS, MOST_SKEW_MS);
  const note = (_: object, message: string) => trace.note(`${name} log: ${message}`);
  const machine: Machine = {
    name,
    isAlive: true,
    kill() {
      if (machine.isAlive) trace.note(`${name} is killed`);
      machine.isAlive = false;
    },
  };
  const clock = {
    now: () => timeline.now() + skew,
    after: (milliseconds: number, task: () => void) =>
      timeline.after(milliseconds, () => {
        if (machine.isAlive) task();
      }),
  };
  const engine = createLocalEngine({
    concurrency: random.between(1, 4),
    leaseMs: LEASE_MS,
    pollMs: POLL_MS,
    random: () => random.next(),
  });
  const loom = createLoom({
    store: storeLink(world, machine, parts.storeFor(name)),
    engine: parts.engineOf(engine),
    migrators: parts.migratorsFor(machine),
    secrets: ["the secret of every process"],
    clock,
    logger: { debug: note, info: note, warn: note, error: note },
    recoverySeconds: RECOVERY_SECONDS,
  });
  return Object.assign(machine, { loom, isServing: false });
}
