import type { LeasedEvent, MigratorOutbox } from "../port.ts";
import type { Leases } from "./leases.ts";
import type { State } from "./state.ts";
import type { Commit } from "./changes.ts";

/** The outbox over a state. A lane of its leases is a stream; when it is due is not durable, for a restart may try at once. */
export function createOutbox({ events }: State, leases: Leases, commit: Commit): MigratorOutbox {
  return {
    append: (event) => commit({ type: "event_appended", event }),
    async lease(request) {
      const taken: LeasedEvent[] = [];
      for (const { name, events: queue, dueAt, tries } of events.streams()) {
        const [head] = queue;
        if (taken.length >= request.limit) break;
        if (!head || dueAt > request.now || !leases.isFree(name, request.now)) continue;
        leases.take(name, head.id, request);
        taken.push({ ...head, tries });
      }
      return taken;
    },
    async postpone({ id, owner, dueAt, tries }) {
      const stream = events.streamOf(id);
      if (stream && leases.end(stream.name, id, owner)) Object.assign(stream, { dueAt, tries });
    },
    async remove(id) {
      const stream = events.streamOf(id);
      if (!stream) return;
      if (stream.events[0]?.id === id) leases.clear(stream.name);
      await commit({ type: "event_removed", id });
    },
  };
}
