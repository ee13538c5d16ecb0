import type { ExecutionEngine, Migrators, Store } from "@loom/core";
import type { Ledger } from "./ledger.ts";
import type { MigratorWorld } from "./migrators.ts";
import type { Operators } from "./operators.ts";
import type { Processes } from "./processes.ts";
import type { World } from "./world.ts";

/** A bug, put into one of the parts of a Loom. */
export interface Plant {
  store?(store: Store, world: World): Store;
  engine?(engine: ExecutionEngine, world: World): ExecutionEngine;
  migrators?(migrators: Migrators, world: World): Migrators;
}

/** What came of a seed. */
export interface Outcome {
  readonly trace: readonly string[];
  readonly violations: readonly string[];
}

/** A simulation, put together. */
export interface Simulation {
  readonly world: World;
  readonly store: Store;
  readonly ledger: Ledger;
  readonly processes: Processes;
  readonly migrators: MigratorWorld;
  readonly operators: Operators;
  readonly candidates: readonly string[];
}
