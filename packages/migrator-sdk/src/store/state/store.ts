import type { EpochMilliseconds } from "../../clock.ts";
import type { MigratorStore } from "../port.ts";
import type { Commit, WriteDown } from "./changes.ts";
import { createInbox } from "./inbox.ts";
import type { Leases } from "./leases.ts";
import { createLeases } from "./leases.ts";
import { createOutbox } from "./outbox.ts";
import { applyChange } from "./state.ts";
import type { State } from "./state.ts";
import { createWaits } from "./waits.ts";

/** Every law of the port over one state in memory; what is written down is the caller's affair. */
export function createStateStore(
  state: State,
  writeDown: WriteDown,
): Omit<MigratorStore, "open" | "close" | "shared"> {
  const runs = createLeases();
  const streams = createLeases();
  const commit: Commit = (...changes) => {
    for (const change of changes) applyChange(state, change);
    return writeDown(changes);
  };
  return {
    inbox: createInbox(state, runs, commit),
    waits: createWaits(state, commit),
    outbox: createOutbox(state, streams, commit),
    nextDueAt: async () => earliest(dueTimes(state, runs, streams)),
    forget: (request) => commit({ type: "forgotten", ...request }),
  };
}

function* dueTimes({ calls, waits, events }: State, runs: Leases, streams: Leases) {
  for (const { runId, todo } of calls.todo()) yield Math.max(todo.dueAt, runs.until(runId) ?? 0);
  yield waits.nextCheckAt() ?? Infinity;
  for (const { name, dueAt } of events.streams()) yield Math.max(dueAt, streams.until(name) ?? 0);
}

function earliest(times: Iterable<EpochMilliseconds>): EpochMilliseconds | null {
  let first = Infinity;
  for (const time of times) first = Math.min(first, time);
  return first === Infinity ? null : first;
}
