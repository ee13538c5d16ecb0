import type { CandidateCounts, CandidateFilter, CandidateRecord } from "@loom/core";
import { createSortedIds, type SortedIds } from "./sorted-ids.ts";

/** The candidates of a migration by what lists and counts ask for, so that neither looks at all of them. */
export interface CandidateIndex {
  /** Notes that a candidate's record came, changed or went. */
  update(id: string, before: CandidateRecord | undefined, after: CandidateRecord | undefined): void;
  /** Ids in order that may match the filter: by status and step status exactly, by the others not. */
  after(filter: Pick<CandidateFilter, "status" | "stepStatus">, id?: string): Iterable<string>;
  counts(): CandidateCounts;
}

export function createCandidateIndex(): CandidateIndex {
  const groups = new Map<string, SortedIds>();
  const group = (name: string) => {
    const found = groups.get(name) ?? createSortedIds();
    groups.set(name, found);
    return found;
  };
  const size = (name: string) => groups.get(name)?.size ?? 0;

  return {
    update(id, before, after) {
      const old = groupsOf(before);
      const current = groupsOf(after);
      for (const name of old) if (!current.includes(name)) group(name).delete(id);
      for (const name of current) if (!old.includes(name)) group(name).add(id);
    },
    after: ({ status, stepStatus }, id) => {
      if (stepStatus === undefined) return group(status ?? ALL).after(id);
      return status === undefined || status === "running"
        ? group(stepGroup(stepStatus)).after(id)
        : [];
    },
    counts: () => ({
      notStarted: size("not_started"),
      queued: size("queued"),
      running: size("running"),
      completed: size("completed"),
      blocked: size(stepGroup("failed")),
      awaitingReview: size(stepGroup("awaiting_review")),
    }),
  };
}

const ALL = "all";

function stepGroup(status: string): string {
  return `step ${status}`;
}

function groupsOf(record: CandidateRecord | undefined): readonly string[] {
  if (!record) return [];
  const step = record.status === "running" ? record.run?.currentStep : undefined;
  return step ? [ALL, record.status, stepGroup(step.status)] : [ALL, record.status];
}
