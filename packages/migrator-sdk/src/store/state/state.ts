import { createCallTable } from "./call-table.ts";
import type { CallTable } from "./call-table.ts";
import type { Change } from "./changes.ts";
import { createEventTable } from "./event-table.ts";
import type { EventTable } from "./event-table.ts";
import { createWaitTable } from "./wait-table.ts";
import type { WaitTable } from "./wait-table.ts";

/** All that a store holds, in memory. */
export interface State {
  readonly calls: CallTable;
  readonly waits: WaitTable;
  readonly events: EventTable;
}

/** Nothing. */
export function emptyState(): State {
  return { calls: createCallTable(), waits: createWaitTable(), events: createEventTable() };
}

/** Makes one change. The same changes in the same order give the same state. */
export function applyChange(state: State, change: Change): void {
  const { calls, waits, events } = state;
  switch (change.type) {
    case "call_added":
      waits.close(calls.latest(change.entry.runId)?.id ?? "", change.entry.receivedAt);
      return calls.add(change.entry);
    case "call_postponed":
      return calls.postpone(change.id, change.dueAt, change.tries);
    case "call_over":
      calls.end(change.id, change.at);
      for (const event of change.events) events.append(event);
      return change.wait && waits.open(change.wait);
    case "settlement_kept":
      return waits.keep(change.key, change.kept);
    case "wait_closed":
      waits.close(change.id, change.at);
      return change.event && events.append(change.event);
    case "event_appended":
      return events.append(change.event);
    case "event_removed":
      return void events.remove(change.id);
    case "forgotten":
      calls.forget(change.overBefore);
      return waits.forget(change.overBefore, change.keptBefore);
    case "call_known":
      return calls.addKnown(change);
    case "key_known":
      return waits.markClosed(change.key, change.closedAt);
    case "wait_known":
      return waits.open(change.wait);
  }
}

/** Changes that give the state as it is, from nothing: what a journal that is written anew holds. */
export function* changesOf({ calls, waits, events }: State): Generator<Change> {
  for (const { call, runId, overAt, todo } of calls.all()) {
    if (!todo) yield { type: "call_known", call, runId, overAt: overAt ?? 0 };
    else {
      yield { type: "call_added", entry: todo.entry };
      if (todo.tries > 0)
        yield { type: "call_postponed", id: call.id, dueAt: todo.dueAt, tries: todo.tries };
    }
  }
  for (const wait of waits.all()) yield { type: "wait_known", wait };
  for (const [key, { closedAt, kept }] of waits.keys()) {
    if (closedAt !== undefined) yield { type: "key_known", key, closedAt };
    if (kept) yield { type: "settlement_kept", key, kept };
  }
  for (const stream of events.streams())
    for (const event of stream.events) yield { type: "event_appended", event };
}
