import type { RunCommit, StoredRunStore } from "@loom/core";
import { parseRunId } from "@loom/core";
import { runKey } from "./outbox.ts";
import { saveView } from "./run-views.ts";
import { snapshot } from "./snapshot.ts";
import { findEntry, type MemoryState } from "./state.ts";
import { applyChange } from "./status.ts";

export function createStoredRuns(state: MemoryState): StoredRunStore {
  const { outbox, runs } = state;
  return {
    async loadRun(runId, attempt) {
      return runs.get(runKey({ runId, attempt })) ?? null;
    },
    async commitRun(commit) {
      const isExpected = (runs.get(runKey(commit))?.version ?? 0) === commit.expectedVersion;
      if (!isExpected || (commit.expectedVersion === 0 && !mayBegin(state, commit))) return false;
      apply(state, commit);
      return true;
    },
    async leaseDue(request) {
      return outbox.lease(request);
    },
    async renewLeases(request) {
      outbox.renew(request);
    },
    async releaseLeases(request) {
      outbox.release(request);
    },
    async nextDueAt() {
      return outbox.nextAt();
    },
  };
}

function mayBegin(state: MemoryState, { runId, attempt }: RunCommit): boolean {
  const ref = parseRunId(runId);
  const record = ref && findEntry(state, ref)?.record;
  return record?.status === "running" && record.attempt === attempt;
}

function apply(state: MemoryState, commit: RunCommit): void {
  const key = runKey(commit);
  const ref = parseRunId(commit.runId);
  if (commit.progress && ref) saveView(state, ref, commit.progress);
  if (commit.finish) return end(state, commit.finish, key);
  state.runs.set(key, snapshot({ state: commit.state, version: commit.expectedVersion + 1 }));
  state.outbox.apply(commit);
}

/** What ended is gone from here even if its candidate had been moved on by another hand. */
function end(state: MemoryState, finish: NonNullable<RunCommit["finish"]>, key: string): void {
  applyChange(state, finish);
  state.runs.delete(key);
  state.outbox.clear(key);
}
