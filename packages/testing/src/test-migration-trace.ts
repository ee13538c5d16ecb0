import type { RunProgress, Store, StepState } from "@loom/core";

/** What readers saw of the runs, as it changed. */
export interface Traces {
  /** The store, watched. */
  readonly store: Store;
  /** `step status` for every status that a step took, undoings as `undo step status`; work going on is left out. */
  of(runId: string): readonly string[];
}

/** Watches what a store shows of its runs. */
export function traced(store: Store): Traces {
  const lines = new Map<string, string[]>();
  const last = new Map<string, string>();
  const see = (runId: string, progress: RunProgress | undefined) => {
    const trace = lines.get(runId) ?? [];
    lines.set(runId, trace);
    for (const [prefix, states] of [
      ["", progress?.steps ?? []],
      ["undo ", progress?.compensations ?? []],
    ] as const)
      for (const state of states) {
        const step = `${runId} ${prefix}${state.stepName}`;
        if (last.get(step) === markOf(state)) continue;
        last.set(step, markOf(state));
        if (state.status !== "in_progress")
          trace.push(`${prefix}${state.stepName} ${state.status}`);
      }
  };
  return {
    of: (runId) => lines.get(runId) ?? [],
    store: {
      ...store,
      async commitRun(commit) {
        const isCommitted = await store.commitRun(commit);
        const { progress, finish } = commit;
        if (isCommitted) see(commit.runId, finish?.progress?.progress ?? progress?.progress);
        return isCommitted;
      },
    },
  };
}

/** Changes with each status and each try, and not with metadata; a second attempt of the run begins anew. */
function markOf({ status, stepAttempt, startedAt }: StepState): string {
  return `${status} ${stepAttempt} ${startedAt}`;
}
