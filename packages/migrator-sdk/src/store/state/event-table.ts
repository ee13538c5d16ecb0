import type { EpochMilliseconds } from "../../clock.ts";
import type { OutboxEvent } from "../port.ts";

/** The events of one call that Loom has not answered yet, in order. */
export interface EventStream {
  readonly name: string;
  readonly events: OutboxEvent[];
  dueAt: EpochMilliseconds;
  tries: number;
}

/** Events on their way, by call. */
export interface EventTable {
  append(event: OutboxEvent): void;
  streamOf(id: string): EventStream | undefined;
  /** Says whether it was there. */
  remove(id: string): boolean;
  /** The oldest first. */
  streams(): Iterable<EventStream>;
}

/** No events yet. */
export function createEventTable(): EventTable {
  const streams = new Map<string, EventStream>();
  const streamNames = new Map<string, string>();
  const streamOf: EventTable["streamOf"] = (id) => streams.get(streamNames.get(id) ?? "");
  return {
    streamOf,
    streams: () => streams.values(),
    append(event) {
      const stream = streams.get(event.stream) ?? {
        name: event.stream,
        events: [],
        dueAt: 0,
        tries: 0,
      };
      stream.events.push(event);
      streams.set(stream.name, stream);
      streamNames.set(event.id, stream.name);
    },
    remove(id) {
      const stream = streamOf(id);
      if (!stream) return false;
      streamNames.delete(id);
      stream.events.splice(
        0,
        stream.events.length,
        ...stream.events.filter((event) => event.id !== id),
      );
      Object.assign(stream, { dueAt: 0, tries: 0 });
      if (stream.events.length === 0) streams.delete(stream.name);
      return true;
    },
  };
}
