/** What must happen somewhere among many seeds: laws that are never put to the test hold too easily. */
const SITUATIONS: Readonly<Record<string, RegExp>> = {
  "a process is killed": /is killed$/,
  "a process closes": /is closed$/,
  "a write is done and its reply lost": /(changeStatus|commitRun): reply lost$/,
  "a claim is not delivered": /log: a claimed run could not be given to the engine/,
  "a process is overtaken by another": /was overtaken at/,
  "an entry cannot be performed for now": /log: could not be performed now/,
  "a lease cannot be renewed": /log: leases could not be renewed/,
  "a migrator refuses and works all the same": /: refused, received$/,
  "a migrator never answers": /calls .*: silent/,
  "a step runs out of time": /failed: timed out after/,
  "a dispatch is given up": /failed: (connection refused|timed out|busy)$/,
  "a step is retried twice": /is at \w 3, /,
  "a step is undone": /is at undo \w 1, completed$/,
  "an undoing fails": /is at undo \w \d, failed/,
  "a candidate runs for the third time": /led .* to running 3$/,
  "a queued candidate is cancelled": /cancel led .* from queued/,
  "a duplicate is told so": /ignored, duplicate$/,
  "a report comes too late": /ignored, (stale|not_running)$/,
  "a start meets a run that is closing": /startRun .*: run_closing$/,
  "two start at once": /startRun .*: already_running$/,
  "a late click is told so": /: stale_attempt$/,
};

/** Marks off the situations that traces show. */
export interface Situations {
  see(trace: readonly string[]): void;
  /** What has not happened yet. */
  missing(): readonly string[];
}

export function createSituations(): Situations {
  const left = new Map(Object.entries(SITUATIONS));
  return {
    see(trace) {
      for (const [name, pattern] of left)
        if (trace.some((line) => pattern.test(line))) left.delete(name);
    },
    missing: () => [...left.keys()],
  };
}
