import type { RecoveryReport } from "./loom-api.ts";
import type { Clock } from "./ports/clock.ts";
import type { Logger } from "./ports/logger.ts";

/** Recovers now and then until it is stopped. */
export interface RecoveryLoop {
  /** Recovers once, here and now. @throws whatever the recovery throws */
  recoverNow(): Promise<void>;
  start(): void;
  /** Resolves when a recovery under way is over. */
  stop(): Promise<void>;
}

/** @param everyMs the pause between the end of one recovery and the next */
export function createRecoveryLoop(
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  everyMs: number,
  recover: () => Promise<RecoveryReport>,
): RecoveryLoop {
  let cancelTimer: (() => void) | undefined;
  let underWay: Promise<void> = Promise.resolve();
  let isStopped = false;

  const schedule = (): void => {
    if (isStopped) return;
    cancelTimer = clock.after(everyMs, () => {
      underWay = runOnce();
    });
  };
  const runOnce = async (): Promise<void> => {
    try {
      await recover();
    } catch (error) {
      logger.error({ err: error }, "the periodic recovery failed; it will be tried again");
    }
    schedule();
  };
  return {
    recoverNow: async () => {
      await recover();
    },
    start: schedule,
    async stop() {
      isStopped = true;
      cancelTimer?.();
      await underWay;
    },
  };
}
