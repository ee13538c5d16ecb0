import type {
  CandidateRef,
  RunRecord,
  RunSummary,
  RunViewStore,
  SequencedProgress,
} from "@loom/core";
import { parseRunId } from "@loom/core";
import { page } from "./candidates.ts";
import { decodeCursor } from "./cursor.ts";
import { snapshot } from "./snapshot.ts";
import { type CandidateEntry, findEntry, type MemoryState, type Shelf } from "./state.ts";

const LIST = "running";

export function createRunViews(state: MemoryState): RunViewStore {
  return {
    async getRun(ref) {
      const entry = findEntry(state, ref);
      return (entry && recordOf(entry)) ?? null;
    },
    async saveProgress(ref, view) {
      saveView(state, ref, view);
    },
    async markCancelling(ref, attempt) {
      revise(state, ref, attempt, () => ({ phase: "cancelling" }));
    },
    async markUndelivered(ref, attempt) {
      revise(state, ref, attempt, ({ delivery }) =>
        delivery === "delivered" ? {} : { delivery: "undelivered" },
      );
    },
    async listRunning({ cursor, limit }) {
      const after = decodeCursor(LIST, cursor, (runId) => parseRunId(runId) !== undefined);
      return page(LIST, running(state, after), limit, ({ manifest }) => manifest.runId);
    },
  };
}

/** Shows a view, if the candidate runs that attempt and has no later view. */
export function saveView(state: MemoryState, ref: CandidateRef, view: SequencedProgress): void {
  const shelf = state.shelves.get(ref.migrationId);
  const entry = shelf?.candidates.get(ref.candidateId);
  if (shelf && entry) showView(shelf, entry, view);
}

/** The same for a candidate at hand. */
export function showView(shelf: Shelf, entry: CandidateEntry, view: SequencedProgress): void {
  const { run } = entry;
  if (!run || !runs(entry, view.attempt) || (run.view?.sequence ?? -1) >= view.sequence) return;
  const { sequence, progress } = snapshot(view);
  entry.run = { manifest: run.manifest, view: { sequence, progress } };
  const { currentStep } = progress;
  summarise(shelf, entry, ({ attempt, phase, claimedAt }) => ({
    attempt,
    claimedAt,
    phase: phase === "cancelling" && progress.phase === "running" ? phase : progress.phase,
    delivery: "delivered",
    ...(currentStep && { currentStep }),
  }));
}

function revise(
  state: MemoryState,
  ref: CandidateRef,
  attempt: number,
  change: (run: RunSummary) => Partial<RunSummary>,
): void {
  const shelf = state.shelves.get(ref.migrationId);
  const entry = shelf?.candidates.get(ref.candidateId);
  if (shelf && entry && runs(entry, attempt))
    summarise(shelf, entry, (run) => ({ ...run, ...change(run) }));
}

function summarise(
  { index }: Shelf,
  entry: CandidateEntry,
  next: (run: RunSummary) => RunSummary,
): void {
  const before = entry.record;
  if (!before.run) return;
  entry.record = snapshot({ ...before, run: next(before.run) });
  index.update(before.candidate.id, before, entry.record);
}

function runs({ record }: CandidateEntry, attempt: number): boolean {
  return (
    record.status === "running" && record.attempt === attempt && record.run?.attempt === attempt
  );
}

function recordOf({ record, run }: CandidateEntry): RunRecord | undefined {
  if (!record.run || !run) return undefined;
  const progress = run.view?.progress;
  return snapshot({ ...record.run, manifest: run.manifest, ...(progress && { progress }) });
}

function* running(state: MemoryState, after: string | undefined): Iterable<RunRecord> {
  const last = after === undefined ? undefined : parseRunId(after);
  for (const id of state.shelfIds.after()) {
    if (last && id < last.migrationId) continue;
    const from = id === last?.migrationId ? last.candidateId : undefined;
    const shelf = state.shelves.get(id);
    for (const candidateId of shelf?.index.after({ status: "running" }, from) ?? []) {
      const record = recordIn(shelf, candidateId);
      if (record) yield record;
    }
  }
}

function recordIn(shelf: Shelf | undefined, candidateId: string): RunRecord | undefined {
  const entry = shelf?.candidates.get(candidateId);
  return entry && recordOf(entry);
}
