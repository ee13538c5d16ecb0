import type { RunEvent } from "@loom/core/run";
import { defaultPayloadConverter, type RawValue, rawValueTypeInfo } from "@temporalio/common";
import { defineSignal, log, setHandler, workflowInfo } from "@temporalio/workflow";
import { type AddressedEvent, EVENT_SIGNAL, EVENTS_SIGNAL, type RunMemo } from "../protocol.ts";
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
    if (event && isOurs(event)) inbox.push(event);
    else log.warn("a signal that is no event of this run was dropped");
  };
  setHandler(eventSignal, (raw?: RawValue) => take(decoded(raw)));
  setHandler(eventsSignal, (raw?: RawValue) => {
    const values = decoded(raw);
    if (Array.isArray(values)) values.forEach(take);
    else take(values);
  });
  return inbox;
}

/** Not one of another Loom, with a store of its own, whose run had this id before. */
function isOurs({ claimedAt }: AddressedEvent): boolean {
  const { claimedAt: ours } = (workflowInfo().memo ?? {}) as Partial<RunMemo>;
  return claimedAt === undefined || claimedAt === ours;
}

function decoded(raw: RawValue | undefined): unknown {
  try {
    return raw && defaultPayloadConverter.fromPayload(raw.payload);
  } catch {
    return undefined;
  }
}
