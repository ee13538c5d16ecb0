import type { CandidateStatus } from "@loom/core";
import { createCaller } from "./caller.ts";
import type { Ledger } from "./ledger.ts";
import type { MigratorWorld } from "./migrators.ts";
import { createOperatorLaws } from "./operator-laws.ts";
import { createOtherDeeds } from "./other-deeds.ts";
import { createRunDeeds } from "./run-deeds.ts";
import type { LoomProcess, World } from "./world.ts";

/** People at consoles, and migrators that start: they do what they like when they like, with whatever process answers. */
export type Operators = ReturnType<typeof createOperators>;

/** What operators work with. */
export interface OperatorParts {
  readonly ledger: Ledger;
  readonly migrators: MigratorWorld;
  readonly candidates: readonly string[];
  readonly serving: () => readonly LoomProcess[];
}

/** What is done without a look at where things stand: how likely each deed is. */
const ANYTHING = {
  start: 6,
  queue: 4,
  execute: 4,
  dequeue: 3,
  cancel: 6,
  retry: 5,
  approve: 5,
  updateInputs: 5,
  discover: 6,
  announce: 4,
  replay: 12,
  look: 8,
};

type Weights = Partial<Record<keyof typeof ANYTHING, number>>;

/** What there is to do for a candidate where it stands. */
const APT: Readonly<Record<CandidateStatus, Weights>> = {
  not_started: { start: 8, queue: 3, discover: 1 },
  queued: { execute: 6, start: 2, cancel: 1, dequeue: 1, updateInputs: 2 },
  running: { retry: 10, cancel: 4, updateInputs: 4, approve: 3, start: 1, replay: 2 },
  completed: { replay: 3, start: 1, announce: 1 },
};

export function createOperators(world: World, parts: OperatorParts) {
  const { random } = world;
  const { ledger, migrators, candidates, serving } = parts;
  const laws = createOperatorLaws(world, ledger);
  const send = createCaller(world, laws, serving);
  const given = { world, send, laws, ledger, migrators };
  const deeds = { ...createRunDeeds(given), ...createOtherDeeds(given, candidates) };

  const chosen = (candidateId: string) => {
    const { status } = ledger.positionOf(candidateId);
    const weights: Weights = random.chance(0.65) ? APT[status] : ANYTHING;
    return deeds[random.weighted(weights)];
  };

  return {
    ...deeds,
    /** Does something now; what comes of it comes later. */
    act() {
      const candidateId = random.pick(candidates);
      const deed = chosen(candidateId);
      void deed(candidateId);
      if (random.chance(TWO_PRESS_AT_ONCE)) void deed(candidateId);
    },
    /** Once all is over: what was answered is so. */
    check: laws.check,
  };
}

const TWO_PRESS_AT_ONCE = 0.15;
