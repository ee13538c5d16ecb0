import type {
  CandidateRecord,
  Expectation,
  MigrationStore,
  Position,
  RunSummary,
  StatusChange,
  StatusChangeResult,
  StringMap,
} from "@loom/core";
import { latestFirst, recordHistory } from "./history.ts";
import { showView } from "./run-views.ts";
import { snapshot } from "./snapshot.ts";
import type { CandidateEntry, MemoryState, Shelf } from "./state.ts";

type Methods = Pick<MigrationStore, "changeStatus" | "saveInputs" | "listCancelledAttempts">;

export function createStatus(state: MemoryState): Methods {
  return {
    async changeStatus(change) {
      return applyChange(state, change);
    },
    async saveInputs(ref, at, inputs) {
      const entry = state.shelves.get(ref.migrationId)?.candidates.get(ref.candidateId);
      if (!entry || !standsAt(entry.record, at)) return false;
      entry.record = snapshot({ ...entry.record, inputs });
      return true;
    },
    async listCancelledAttempts(migrationId, page) {
      return latestFirst("cancelled", state.shelves.get(migrationId)?.cancelled ?? [], page);
    },
  };
}

/** The one compare-and-set of statuses: of `changeStatus`, and of the end of a stored run. */
export function applyChange(state: MemoryState, change: StatusChange): StatusChangeResult {
  const shelf = state.shelves.get(change.migrationId);
  const entry = shelf?.candidates.get(change.candidateId);
  if (!shelf || !entry) return { applied: false, found: null };
  if (entry.token === change.token) return { applied: true };
  if (!standsAt(entry.record, change.from)) return { applied: false, found: entry.record };
  move(shelf, entry, change);
  if (change.cancelled) shelf.cancelled.push(snapshot(change.cancelled));
  recordHistory(state, change.migrationId, change.history);
  return { applied: true };
}

function move(shelf: Shelf, entry: CandidateEntry, change: StatusChange): void {
  if (change.progress) showView(shelf, entry, change.progress);
  const before = entry.record;
  entry.record = snapshot({ ...before, ...moved(before, change) });
  entry.token = change.token;
  if (change.claim) entry.run = { manifest: snapshot(change.claim) };
  shelf.index.update(change.candidateId, before, entry.record);
}

function moved({ run }: CandidateRecord, change: StatusChange): Partial<CandidateRecord> {
  const next = change.claim ? claimed(change) : run && closed(run, change.to);
  return {
    ...change.to,
    updatedAt: change.at,
    ...(change.inputs && { inputs: change.inputs }),
    ...(next && { run: next }),
  };
}

function claimed({ to, at }: StatusChange): RunSummary {
  return { attempt: to.attempt, phase: "running", delivery: "pending", claimedAt: at };
}

/** A candidate that runs no more has no current step, whoever ended the run. */
function closed(run: RunSummary, { status }: Position): RunSummary {
  if (status === "running") return run;
  const { currentStep: _, ...rest } = run;
  return { ...rest, phase: "finished" };
}

function standsAt(record: CandidateRecord, { status, attempt, inputs }: Expectation): boolean {
  if (record.status !== status || record.attempt !== attempt) return false;
  return inputs === undefined || isSame(inputs, record.inputs);
}

function isSame(a: StringMap, b: StringMap): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && a[name] === b[name])
  );
}
