import type { MigratorInbox } from "../port.ts";
import type { CallRow } from "./call-table.ts";
import { leasedEntryOf } from "./call-table.ts";
import type { Leases } from "./leases.ts";
import type { State } from "./state.ts";
import type { Commit } from "./changes.ts";

/** The inbox over a state. A lane of its leases is a run. */
export function createInbox(
  { calls, waits }: State,
  leases: Leases,
  commit: Commit,
): MigratorInbox {
  return {
    async add(entry) {
      const known = calls.get(entry.id) !== undefined;
      await commit(...(known ? [] : [{ type: "call_added", entry } as const]));
      return !known;
    },
    async has(id) {
      const known = calls.get(id) !== undefined;
      await commit();
      return known;
    },
    latest: async (runId) => calls.latest(runId) ?? null,
    async lease(request) {
      const taken: CallRow["todo"][] = [];
      for (const { call, runId, todo } of calls.todo()) {
        if (taken.length >= request.limit) break;
        if (todo.dueAt > request.now || !leases.isFree(runId, request.now)) continue;
        leases.take(runId, call.id, request);
        taken.push(todo);
      }
      return taken.flatMap((todo) => (todo ? leasedEntryOf(todo) : []));
    },
    async renew({ ids, ...request }) {
      const rows = ids.flatMap((id) => calls.get(id) ?? []);
      const held = rows.filter(({ call, runId }) => leases.holds(runId, call.id, request.owner));
      for (const { call, runId } of held) leases.take(runId, call.id, request);
      return held.flatMap(({ call, todo }) => (todo ? call.id : []));
    },
    async postpone({ id, owner, dueAt, tries }) {
      const row = calls.get(id);
      if (!row || !leases.end(row.runId, id, owner) || !row.todo) return;
      await commit({ type: "call_postponed", id, dueAt, tries });
    },
    async finish({ id, owner, now, events, wait }) {
      const row = calls.get(id);
      if (!row || !leases.end(row.runId, id, owner) || !row.todo) return false;
      await commit({ type: "call_over", id, at: now, events, ...(wait && { wait }) });
      return true;
    },
    async stop(id, now) {
      if (calls.get(id)?.todo) await commit({ type: "call_over", id, at: now, events: [] });
      if (waits.get(id)) await commit({ type: "wait_closed", id, at: now });
    },
  };
}
