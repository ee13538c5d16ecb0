import type { Loom } from "@loom/core";
import type { Faults } from "./faults.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";
import type { Trace } from "./trace.ts";

/** What everything in a simulation shares. */
export interface World {
  readonly random: Random;
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly faults: Faults;
}

/** What a process runs on. */
export interface Machine {
  readonly name: string;
  /** False once the process was killed, or has closed: nothing reaches it any more. */
  isAlive: boolean;
  readonly kill: () => void;
}

/** A process with a Loom in it. */
export interface LoomProcess extends Machine {
  readonly loom: Loom;
  /** Whether it is open, and takes requests. */
  isServing: boolean;
}

/** The one migration of a simulation. */
export const MIGRATION = "charts";
