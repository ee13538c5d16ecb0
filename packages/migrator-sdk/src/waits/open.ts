import type { Host } from "../host.ts";
import { settlementEvent } from "../outbox/events.ts";
import type { CallResult, KeptSettlement, Wait } from "../store/port.ts";

/** How long a settlement is kept for waits that are not there yet. */
export const KEEP_MS = 86_400_000;

/** Opens waits. */
export interface WaitOpening {
  /** Puts the result of a call down with its wait, or with the settlement that came before it. Answers as `inbox.finish`. */
  finish(result: CallResult, wait: Wait): Promise<boolean>;
}

/** Opening of waits for which a settlement may have come already. */
export function createWaitOpening(host: Host): WaitOpening {
  const { store, clock } = host;
  const take = ({ key, runId }: Wait, kept: KeptSettlement) =>
    store.waits.keep(key, { ...kept, taken: true, runs: [...kept.runs, runId] });
  return {
    async finish(result, wait) {
      const early = applicable((await store.waits.find(wait.key)).kept, wait, clock.now());
      if (early) {
        const { wait: _, ...settled } = result;
        const event = settlementEvent(wait, early.settlement);
        const isTaken = await store.inbox.finish({ ...settled, events: [...result.events, event] });
        if (isTaken) await take(wait, early);
        return isTaken;
      }
      const isTaken = await store.inbox.finish(result);
      if (!isTaken) return false;
      // One that came between the look and the write has found no wait: it was kept, and is applied now.
      const { kept } = await store.waits.find(wait.key);
      const late = applicable(kept, wait, clock.now());
      if (
        late &&
        (await store.waits.close(wait.id, settlementEvent(wait, late.settlement), clock.now()))
      )
        await take(wait, late);
      return true;
    },
  };
}

/** One that came for waits that were over counts only for calls that were there when it came: not for a retry after it. */
function applicable(
  kept: KeptSettlement | null,
  wait: Wait,
  now: number,
): KeptSettlement | undefined {
  if (!kept || kept.at < now - KEEP_MS || kept.runs.includes(wait.runId)) return undefined;
  return !kept.taken || kept.at >= wait.calledAt ? kept : undefined;
}
