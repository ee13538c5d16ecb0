import type { Clock } from "@loom/core";

/** The places that one app has among the calls at once. */
export interface Share {
  /** How many wait for a place. */
  readonly waiting: number;
  /** Whether a new share would know as much. */
  readonly isFresh: boolean;
  /** Takes a place, now or after a short wait. @returns nothing then, else for how many milliseconds to stay away */
  enter(): number | undefined | Promise<number | undefined>;
  /** Frees a place that was taken for so many milliseconds. */
  leave(afterMs: number): void;
  /** Notes that an entry is put off for so many milliseconds, unless there is room by now. @returns whether it was noted */
  noteAway(id: string, milliseconds: number): boolean;
  /** Nobody waits or is away any more, and nobody gets a place. */
  close(): void;
}

/** How shares are given. */
export interface ShareOptions {
  /** Most calls to one app at once. */
  readonly perApp: number;
  /** The longest that a call is put off, in milliseconds. */
  readonly longestMs: number;
  /** Takes the id of an entry that was put off and need not stay away any longer. */
  readonly recall: (id: string) => void;
}

/** How long one waits for a place before it makes way for the calls to other apps; and what is a quick call. */
const PATIENCE_MS = 1_000;

/** In what time as many come again by themselves as there are places: for whoever has room, should this process be gone. */
const RETURNS_MS = 8_000;

/** How many a call that ends brings back: one for its place, and with two an app that is quick again is soon fully busy. */
const RECALLED = { byQuick: 2, bySlow: 1 } as const;

interface Waiter {
  readonly answer: (putOffMs: number | undefined) => void;
  readonly stopWaiting: () => void;
}

/**
 * While an app answers quickly, those who find its share full wait, in the one queue of all. Once somebody has waited in vain
 * the share is crowded: they are put off instead, so that they stand before nobody else, until a call that ends brings them
 * back, or they come again by themselves, one after another. It is crowded until nobody is away.
 */
export function createShare(clock: Clock, { perApp, longestMs, recall }: ShareOptions): Share {
  const waiters: Waiter[] = [];
  const away = new Map<string, number>();
  let underWay = 0;
  let isCrowded = false;
  let isClosed = false;
  let lastReturn = 0;

  const pause = () => {
    const now = clock.now();
    lastReturn = Math.max(lastReturn + RETURNS_MS / perApp, now + PATIENCE_MS);
    return Math.min(lastReturn - now, longestMs);
  };

  const wait = () =>
    new Promise<number | undefined>((answer) => {
      const stopWaiting = clock.after(PATIENCE_MS, sendAllAway);
      waiters.push({ answer, stopWaiting });
    });

  const sendAllAway = () => {
    isCrowded = true;
    for (const { answer, stopWaiting } of waiters.splice(0)) {
      stopWaiting();
      answer(isClosed ? 0 : pause());
    }
  };

  const forgetReturned = () => {
    // In the order in which they return.
    for (const [id, at] of away) {
      if (at > clock.now()) return;
      away.delete(id);
    }
  };

  const recallSome = (count: number) => {
    forgetReturned();
    let left = count;
    for (const id of away.keys()) {
      if (left-- === 0) break;
      away.delete(id);
      recall(id);
    }
    isCrowded = away.size > 0;
  };

  return {
    get waiting() {
      return waiters.length;
    },
    get isFresh() {
      return underWay === 0 && !isCrowded;
    },
    enter() {
      if (isClosed) return 0;
      if (underWay === perApp) return isCrowded ? pause() : wait();
      underWay++;
      return undefined;
    },
    leave(afterMs) {
      if (isCrowded) recallSome(afterMs < PATIENCE_MS ? RECALLED.byQuick : RECALLED.bySlow);
      const next = waiters.shift();
      if (!next) {
        underWay--;
        return;
      }
      next.stopWaiting();
      next.answer(undefined);
    },
    noteAway(id, milliseconds) {
      if (!isCrowded || underWay < perApp) return false;
      forgetReturned();
      away.delete(id);
      away.set(id, clock.now() + milliseconds);
      return true;
    },
    close() {
      isClosed = true;
      sendAllAway();
      recallSome(Infinity);
    },
  };
}
