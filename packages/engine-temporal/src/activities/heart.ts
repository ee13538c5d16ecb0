import type { Clock } from "@loom/core";
import { Context } from "@temporalio/activity";

/** Tells the server that this worker still works on the dispatch, and how many calls it has come to. */
export interface Heart {
  /** Counts a call that did not get through. @returns how many have been made, by whichever worker */
  countTry(): number;
  stop(): void;
}

/** Two beats may be lost before the server gives the dispatch to another worker. */
const BEATS_PER_TIMEOUT = 3;

interface Beat {
  readonly tries: number;
}

export function startHeart(clock: Clock): Heart {
  const context = Context.current();
  const { heartbeatTimeoutMs = 0, heartbeatDetails } = context.info;
  let tries = (heartbeatDetails as Beat | undefined)?.tries ?? 0;

  const beat = (): void => context.heartbeat({ tries } satisfies Beat);
  const waitToBeat = (): (() => void) =>
    clock.after(heartbeatTimeoutMs / BEATS_PER_TIMEOUT, () => {
      beat();
      cancelNext = waitToBeat();
    });

  // Most calls are over before the first beat, which would cost the server a write.
  let cancelNext = heartbeatTimeoutMs > 0 ? waitToBeat() : undefined;
  return {
    countTry() {
      tries++;
      beat();
      return tries;
    },
    stop: () => cancelNext?.(),
  };
}
