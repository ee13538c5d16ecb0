import type { Clock } from "@loom/core";
import { createShare, type Share, type ShareOptions } from "./share.ts";

/** The share that each app has of the calls at once, so that one that does not answer leaves the others theirs. */
export interface Shares {
  /** How many wait for room. */
  readonly waiting: number;
  /**
   * Does a task when there is room in the share of its app. When there is none, even after a short wait, the task is told for
   * how many milliseconds to put the call off, and makes none.
   *
   * @returns that time, when there was no room
   */
  within(app: string, task: (putOffMs?: number) => Promise<void>): Promise<number | undefined>;
  /** Notes that an entry is put off for so many milliseconds, in case there is room before. */
  noteAway(app: string, id: string, milliseconds: number): void;
  /** The ids of entries that were put off and need not be any longer. Each is given once. */
  takeRecalled(): readonly string[];
  /** Nobody waits or is away any more, and nobody is let in. */
  close(): void;
}

export function createShares(clock: Clock, options: Omit<ShareOptions, "recall">): Shares {
  const shares = new Map<string, Share>();
  let recalled: string[] = [];

  const open = (app: string) => {
    const share = createShare(clock, { ...options, recall: (id) => void recalled.push(id) });
    shares.set(app, share);
    return share;
  };

  return {
    get waiting() {
      return [...shares.values()].reduce((sum, share) => sum + share.waiting, 0);
    },
    async within(app, task) {
      const share = shares.get(app) ?? open(app);
      const putOffMs = await share.enter();
      const enteredAt = clock.now();
      try {
        await task(putOffMs);
      } finally {
        if (putOffMs === undefined) share.leave(clock.now() - enteredAt);
        if (share.isFresh) shares.delete(app);
      }
      return putOffMs;
    },
    noteAway(app, id, milliseconds) {
      const isAway = shares.get(app)?.noteAway(id, milliseconds) ?? false;
      if (!isAway) recalled.push(id);
    },
    takeRecalled() {
      const ids = recalled;
      recalled = [];
      return ids;
    },
    close() {
      for (const share of shares.values()) share.close();
    },
  };
}
