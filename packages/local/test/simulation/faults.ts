import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

/** What becomes of a request to the store: answered; lost on its way; done, and its reply lost. */
export type StoreFault = "none" | "lost" | "reply lost";

/** What becomes of a call to a migrator. */
export type CallFate = "answered" | "lost" | "reply lost" | "silent" | "busy" | "refused";

/** What goes wrong, and how long everything takes, until it is stopped. */
export interface Faults {
  store(): StoreFault;
  call(): CallFate;
  /** Whether a message between a client and Loom is lost. */
  isMessageLost(): boolean;
  /** Whether a process dies of what it has just asked for. */
  isDeadly(): boolean;
  /** How long a message to the store or back takes, in milliseconds. */
  storeLag(): number;
  /** The same for the network. */
  networkLag(): number;
  /** From now on nothing goes wrong. */
  stop(): void;
}

const OUTAGE_EVERY_MS = 90_000;
const LONGEST_OUTAGE_MS = 15_000;
const DEADLY = 0.003;
const OUTAGE = { lost: 70, "reply lost": 20, none: 10 };
const FATES = { lost: 7, "reply lost": 6, silent: 2, busy: 4, refused: 5 };

export function createFaults(random: Random, timeline: Timeline): Faults {
  // some seeds are calm and some are wild, so that rare faults meet long runs too
  const strength = () => random.pick([0, 0.3, 1, 1, 3]);
  const [storeFaults, callFaults, messageFaults] = [strength(), strength(), strength()];
  const deaths = strength();
  const usual = { lost: 1.5 * storeFaults, "reply lost": 1.5 * storeFaults, none: 100 };
  const fates = scaled(FATES, callFaults);
  let isStopped = false;
  let isOut = false;

  const scheduleOutage = (): void => {
    timeline.after(random.between(1_000, OUTAGE_EVERY_MS), () => {
      isOut = !isStopped;
      timeline.after(random.between(50, LONGEST_OUTAGE_MS), () => {
        isOut = false;
        if (!isStopped) scheduleOutage();
      });
    });
  };
  if (storeFaults > 0) scheduleOutage();

  return {
    store: () => (isStopped ? "none" : random.weighted(isOut ? OUTAGE : usual)),
    call: () => (isStopped ? "answered" : random.weighted({ answered: 76, ...fates })),
    isMessageLost: () => !isStopped && random.chance(0.06 * messageFaults),
    isDeadly: () => !isStopped && random.chance(DEADLY * deaths),
    storeLag: () => lagOf(random, { usual: 2, slow: 40, slowest: 1_500 }),
    networkLag: () => lagOf(random, { usual: 20, slow: 400, slowest: 4_000 }),
    stop() {
      isStopped = true;
    },
  };
}

function scaled<Weights extends Readonly<Record<string, number>>>(
  weights: Weights,
  factor: number,
): Weights {
  const entries = Object.entries(weights).map(([name, weight]) => [name, weight * factor]);
  return Object.fromEntries(entries) as Weights;
}

function lagOf(
  random: Random,
  { usual, slow, slowest }: { usual: number; slow: number; slowest: number },
): number {
  const most = random.weighted({ usual: 75, slow: 22, slowest: 3 });
  return random.between(0, { usual, slow, slowest }[most]);
}
