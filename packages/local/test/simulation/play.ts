import { vi } from "vitest";
import { createOwnCrypto } from "./own-crypto.ts";
import { simulate } from "./simulate.ts";
import type { Outcome, Plant } from "./simulation.ts";

/** One seed to see again, with its trace: `LOOM_SEED=123 npm test -- simulation`. */
const SEED = process.env["LOOM_SEED"];
/** How many seeds are played when all is to be seen: `LOOM_SEEDS=100000 npm test -- simulation`. */
const COUNT = Number(process.env["LOOM_SEEDS"] ?? 2_000);

/** Whether one seed was asked for. */
export const isReplay = SEED !== undefined;

/** The seeds to play. */
export const SEEDS: readonly number[] = isReplay
  ? [Number(SEED)]
  : Array.from({ length: COUNT }, (_, n) => n);

/** Plays a seed where nothing else draws by chance. */
export async function play(seed: number, plant?: Plant): Promise<Outcome> {
  vi.stubGlobal("crypto", createOwnCrypto());
  try {
    return await simulate(seed, plant);
  } finally {
    vi.unstubAllGlobals();
  }
}

/** What a person needs to know of a seed that broke a law; nothing when it broke none. */
export function complaintOf(seed: number, { violations, trace }: Outcome): string | undefined {
  if (violations.length === 0) return undefined;
  return [
    `Seed ${seed} broke a law: ${violations.join("; ")}`,
    `Its whole trace: LOOM_SEED=${seed} npm test -- simulation`,
    ...trace.slice(-LINES_SHOWN),
  ].join("\n");
}

const LINES_SHOWN = 25;
