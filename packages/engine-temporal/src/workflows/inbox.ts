import { defaultPayloadConverter, type RawValue, rawValueTypeInfo } from "@temporalio/common";
import type { RunEvent } from "@loom/core/run";
import { defineSignal, log, setHandler } from "@temporalio/workflow";
import { EVENT_SIGNAL } from "../protocol.ts";
import { readEvent } from "./events.ts";

// Raw, because the worker would decode the argument before it calls the handler, and what it cannot decode wedges the run.
const eventSignal = defineSignal<[RawValue]>(EVENT_SIGNAL, {
  typeInfo: { inputTypes: [rawValueTypeInfo] },
});

/** Takes signals from now on: what they bring waits, in order, until the loop looks for it. */
export function openInbox(): RunEvent[] {
  const inbox: RunEvent[] = [];
  setHandler(eventSignal, (raw?: RawValue) => {
    const event = readEvent(decoded(raw));
    if (event) inbox.push(event);
    else log.warn("a signal that is no event of Loom was dropped");
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
