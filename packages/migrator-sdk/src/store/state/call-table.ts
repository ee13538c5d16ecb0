import type { EpochMilliseconds } from "../../clock.ts";
import type { CallRef, InboxEntry, LeasedEntry } from "../port.ts";

/** A call as held: with its entry while it is to be worked off, and slim once it is over. */
export interface CallRow {
  readonly call: CallRef;
  readonly runId: string;
  readonly todo?: { readonly entry: InboxEntry; tries: number; dueAt: EpochMilliseconds };
  readonly overAt?: EpochMilliseconds;
}

/** The calls that are known, and those of them that are to be worked off. */
export interface CallTable {
  get(id: string): CallRow | undefined;
  latest(runId: string): CallRef | undefined;
  /** Those to be worked off, the oldest first. */
  todo(): Iterable<CallRow & { readonly todo: NonNullable<CallRow["todo"]> }>;
  /** Answers the earlier calls of the run that were still to be worked off; they are over now. */
  add(entry: InboxEntry): void;
  addKnown(row: CallRow & { readonly overAt: EpochMilliseconds }): void;
  postpone(id: string, dueAt: EpochMilliseconds, tries: number): void;
  end(id: string, at: EpochMilliseconds): void;
  forget(before: EpochMilliseconds): void;
  all(): Iterable<CallRow>;
}

/** A call row that is to be worked off, as its owner gets it. */
export function leasedEntryOf({ entry, tries }: NonNullable<CallRow["todo"]>): LeasedEntry {
  return { ...entry, tries };
}

/** No calls yet. */
export function createCallTable(): CallTable {
  const rows = new Map<string, CallRow>();
  const todo = new Map<string, CallRow & { readonly todo: NonNullable<CallRow["todo"]> }>();
  const latest = new Map<string, string>();
  const end: CallTable["end"] = (id, at) => {
    const row = rows.get(id);
    if (!row?.todo) return;
    rows.set(id, { call: row.call, runId: row.runId, overAt: at });
    todo.delete(id);
  };
  return {
    get: (id) => rows.get(id),
    latest: (runId) => rows.get(latest.get(runId) ?? "")?.call,
    todo: () => todo.values(),
    all: () => rows.values(),
    end,
    add(entry) {
      const { id, runId, receivedAt } = entry;
      end(latest.get(runId) ?? "", receivedAt);
      const row = { call: callRefOf(entry), runId, todo: { entry, tries: 0, dueAt: receivedAt } };
      rows.set(id, row);
      todo.set(id, row);
      latest.set(runId, id);
    },
    addKnown(row) {
      rows.set(row.call.id, row);
      latest.set(row.runId, row.call.id);
    },
    postpone(id, dueAt, tries) {
      const row = todo.get(id);
      if (row) Object.assign(row.todo, { dueAt, tries });
    },
    forget(before) {
      for (const [id, { runId, overAt }] of rows) {
        if (overAt === undefined || overAt >= before) continue;
        rows.delete(id);
        if (latest.get(runId) === id) latest.delete(runId);
      }
    },
  };
}

/** The name of an entry's call. */
export function callRefOf({ id, request }: InboxEntry): CallRef {
  const { kind, stepName, attempt, stepAttempt } = request;
  return { id, kind, stepName, attempt, stepAttempt };
}
