import type { DispatchRetry } from "../domain/step.ts";

const DEFAULTS = { attempts: 8, initialSeconds: 1, maxSeconds: 60 } as const;
/** How much of a pause chance may take away, so that runs that failed together do not all come back together. */
const JITTER = 0.25;
/** The longest that a migrator's `Retry-After` is honoured, in milliseconds: a day. */
const LONGEST_RETRY_AFTER_MS = 86_400_000;

/** A call that did not get through. */
export interface MissedCall {
  /** The policy of its step. */
  readonly retry: DispatchRetry | undefined;
  /** Calls made so far, this one included. */
  readonly tries: number;
  /** The least pause that the migrator asked for, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** From 0 to 1: how much of the jitter this pause has. */
  readonly chance: number;
}

/** The pause before the next call, in milliseconds; `undefined` when the last one has been made. */
export function pauseAfter(missed: MissedCall): number | undefined {
  const { attempts, initialSeconds, maxSeconds } = { ...DEFAULTS, ...missed.retry };
  if (missed.tries >= attempts) return undefined;
  const pause = 1000 * Math.min(maxSeconds, initialSeconds * 2 ** (missed.tries - 1));
  const askedFor = Math.min(missed.retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS);
  return Math.max(askedFor, Math.round(pause * (1 - JITTER * missed.chance)));
}
