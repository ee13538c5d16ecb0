import { defaultPayloadConverter, type RawValue, rawValueTypeInfo } from "@temporalio/common";
import type { RunEvent } from "@loom/core/run";
import { defineSignal, log, setHandler } from "@temporalio/workflow";
import { EVENT_SIGNAL, EVENTS_SIGNAL } from "../protocol.ts";
import { readEvent } from "./events.ts";

// Raw, because the worker would decode the argument before it calls the handler, and what it cannot decode wedges the run.
const RAW = { typeInfo: { inputTypes: [rawValueTypeInfo] } };
const eventSignal = defineSignal<[RawValue]>(EVENT_SIGNAL, RAW);
const eventsSignal = defineSignal<[RawValue]>(EVENTS_SIGNAL, RAW);

/** Takes signals from now on: what they bring waits, in order, until the loop looks for it. */
export function openInbox(): RunEvent[] {
  const inbox: RunEvent[] = [];
  const take = (value: unknown): void => {
    const event = readEvent(value);
    if (event) inbox.push(event);
    else log.warn("a signal that is no event of Loom was dropped");
  };
  setHandler(eventSignal, (raw?: RawValue) => take(decoded(raw)));
  setHandler(eventsSignal, (raw?: RawValue) => {
    const values = decoded(raw);
    if (Array.isArray(values)) values.forEach(take);
    else take(values);
  });
  return inbox;
}

function decoded(raw: RawValue | undefined): unknown {
  try {
    return raw && defaultPayloadConverter.fromPayload(raw.payload);
  } catch {
    return undefined;
  }
}
