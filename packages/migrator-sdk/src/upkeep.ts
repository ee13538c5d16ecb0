import type { Performer } from "./calls/performer.ts";
import type { Host } from "./host.ts";
import { RENEW_MS } from "./host.ts";
import { KEEP_MS } from "./waits/open.ts";

const FORGET_EVERY_MS = 6 * 3_600_000;
/** How long what is over is remembered: far longer than Loom repeats a dispatch. */
const REMEMBER_MS = 7 * 86_400_000;

/** What has to be done from time to time. */
export interface Upkeep {
  start(): void;
  stop(): void;
}

/** Forgets what is long over and, in a store that is shared, prolongs leases. */
export function createUpkeep(host: Host, performer: Performer): Upkeep {
  const { store, clock } = host;
  const forget = () =>
    store.forget({ overBefore: clock.now() - REMEMBER_MS, keptBefore: clock.now() - KEEP_MS });
  const renewal = repeat(host, RENEW_MS, async () =>
    performer.busy ? performer.renew() : undefined,
  );
  const forgetting = repeat(host, FORGET_EVERY_MS, forget);
  const chores = store.shared ? [renewal, forgetting] : [forgetting];
  return {
    start: () => chores.forEach((chore) => chore.start()),
    stop: () => chores.forEach((chore) => chore.stop()),
  };
}

function repeat({ clock, logger }: Host, everyMs: number, chore: () => Promise<void>): Upkeep {
  let cancel = () => undefined as void;
  const start = () => {
    cancel = clock.after(everyMs, () => {
      start();
      chore().catch((error: unknown) =>
        logger.warn({ err: error }, "the migrator's store did not answer"),
      );
    });
  };
  return { start, stop: () => cancel() };
}
