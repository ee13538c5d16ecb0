import type { Random } from "./random.ts";

/**
 * All that happens in a simulation, in one order: what is due goes by its time, and by chance where times are equal. Between two
 * happenings everything that needs no time comes to rest, so that a seed decides every interleaving.
 */
export interface Timeline {
  now(): number;
  /** Runs a task after some virtual milliseconds. @returns what takes it back */
  after(milliseconds: number, task: () => void): () => void;
  sleep(milliseconds: number): Promise<void>;
  /** Lets time pass with all that is due in it, or until `isOver` says so. */
  runFor(milliseconds: number, isOver?: () => boolean): Promise<void>;
}

interface Happening {
  readonly at: number;
  readonly tie: number;
  readonly task: () => void;
}

/** The first moment of every simulation. */
export const START = Date.UTC(2030, 0, 1);

export function createTimeline(random: Random): Timeline {
  const due = new Set<Happening>();
  let now = START;

  const nextUntil = (end: number) => {
    let first: Happening | undefined;
    for (const each of due) if (each.at <= end && (!first || isBefore(each, first))) first = each;
    return first;
  };

  const after: Timeline["after"] = (milliseconds, task) => {
    const happening = { at: now + Math.max(0, milliseconds), tie: random.next(), task };
    due.add(happening);
    return () => due.delete(happening);
  };

  return {
    now: () => now,
    after,
    sleep: (milliseconds) => new Promise((resume) => after(milliseconds, resume)),
    async runFor(milliseconds, isOver = () => false) {
      const end = now + milliseconds;
      await rest();
      for (let next = nextUntil(end); next && !isOver(); next = nextUntil(end)) {
        due.delete(next);
        now = Math.max(now, next.at);
        next.task();
        await rest();
      }
      if (!isOver()) now = end;
    },
  };
}

function isBefore(one: Happening, other: Happening): boolean {
  return one.at < other.at || (one.at === other.at && one.tie < other.tie);
}

/** An immediate comes when no promise has anything left to do: nothing in a simulation waits for the machine. */
function rest(): Promise<void> {
  return new Promise((resume) => setImmediate(resume));
}
