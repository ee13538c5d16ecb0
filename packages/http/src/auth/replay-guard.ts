import type { Clock } from "@loom/core";

/** Whether a message has been seen at another address; the first one binds it. */
export type ReplayGuard = (messageId: string, address: string) => boolean;

/** Remembers messages for as long as their timestamps may be good: `toleranceSeconds` either way. */
export function createReplayGuard(clock: Clock, toleranceSeconds: number): ReplayGuard {
  const seen = new Map<string, { readonly address: string; readonly until: number }>();
  const forget = (now: number): void => {
    // In order of insertion, and so of expiry.
    for (const [id, { until }] of seen) {
      if (until > now) return;
      seen.delete(id);
    }
  };
  return (messageId, address) => {
    const now = clock.now();
    forget(now);
    const bound = seen.get(messageId);
    if (bound) return bound.address !== address;
    seen.set(messageId, { address, until: now + 2 * toleranceSeconds * 1000 });
    return false;
  };
}
