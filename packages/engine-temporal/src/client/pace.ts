import type { Clock } from "@loom/core";
import { pause } from "./rpc.ts";

/** Signals that may go to a run without a question, when none went for a while. */
const BURST = 10;
/** After so long one more of these may go. */
const REFILL_MS = 1_000;
/** In a crowd, before each signal, and before each time that the run is looked at. */
const INTERVAL_MS = 200;
/** A run that takes nothing, as when no worker is there, gets a signal after so long all the same: Temporal keeps it. */
const LONGEST_WAIT_MS = 5_000;

/**
 * The pace of what is sent to one run. The server fails the workflow task under way when more than 100 signals wait behind it, and
 * the next one, which has to begin anew, takes longer: a run that gets more than it takes falls behind ever further.
 */
export interface Pace {
  /** Waits until the next signal may go: at once, but in a crowd when the run has taken the ones before. */
  turn(): Promise<void>;
  /** How long it takes until a whole burst may go again, in milliseconds. */
  restsIn(): number;
}

/** @param hasTakenAll whether the run has taken all that was sent to it */
export function createPace(clock: Clock, hasTakenAll: () => Promise<boolean>): Pace {
  let restedAt = 0;
  // Within bounds, for the clock of a system may be set back.
  const restsIn = (): number => Math.min(Math.max(restedAt - clock.now(), 0), BURST * REFILL_MS);

  const untilTaken = async (): Promise<void> => {
    for (let waited = 0; waited < LONGEST_WAIT_MS; waited += INTERVAL_MS) {
      await pause(clock, INTERVAL_MS);
      if (await hasTakenAll()) return;
    }
  };

  return {
    restsIn,
    async turn() {
      const isCrowd = restsIn() + REFILL_MS > BURST * REFILL_MS;
      if (isCrowd) await untilTaken();
      restedAt = clock.now() + (isCrowd ? BURST * REFILL_MS : restsIn() + REFILL_MS);
    },
  };
}
