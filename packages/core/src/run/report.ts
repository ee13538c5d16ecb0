import type { StringMap } from "../domain/values.ts";
import { showing } from "./commands.ts";
import type { Answer, StepReported } from "./events.ts";
import { isTerminal } from "./facts.ts";
import { proceed } from "./proceed.ts";
import { findRecord, touch, withRecord } from "./records.ts";
import type { CallFacts, CallRecord, RunState } from "./state.ts";
import type { Transition } from "./transition.ts";
import { isActive, unchanged } from "./transition.ts";

const EVENT_IDS_KEPT = 32;
const METADATA_KEPT = 256;

/** A report of the migrator, or of an operator in its place. */
export function stepReported(state: RunState, event: StepReported): Transition {
  const record = findRecord(state, event.call.kind, event.call.step);
  if (!record) return unchanged(state, "stale");
  const known = knownAnswer(record, event);
  if (known) return unchanged(state, known);
  const next = withRecord(state, recorded(record, event));
  const answer = isActive(state, event.call.kind) ? "accepted" : "not_running";
  return [...showing(proceed(next, event.at)), answer];
}

function knownAnswer(record: CallRecord, event: StepReported): Answer | undefined {
  const { number } = event.call;
  if (number < record.number) return answerOfPast(record, event);
  if (number !== record.number || record.waiting) return "stale";
  const ended = record.facts.terminal?.status;
  if (ended) return ended === event.status ? "duplicate" : "stale";
  return event.eventId !== undefined && record.eventIds.includes(event.eventId)
    ? "duplicate"
    : undefined;
}

function answerOfPast(record: CallRecord, event: StepReported): Answer {
  const past = record.failures.find(({ stepAttempt }) => stepAttempt === event.call.number);
  return past?.reported && event.status === "failed" ? "duplicate" : "stale";
}

function recorded(record: CallRecord, event: StepReported): CallRecord {
  const { eventId } = event;
  const eventIds = eventId === undefined ? record.eventIds : [...record.eventIds, eventId];
  return touch(record, event.at, {
    facts: { ...record.facts, ...reportedFacts(event) },
    metadata: mergedMetadata(record.metadata, event.metadata),
    eventIds: eventIds.slice(-EVENT_IDS_KEPT),
  });
}

/** Key by key, the latest wins. Names beyond the bound are dropped, so that no migrator makes a state grow for ever. */
function mergedMetadata(known: StringMap, given: StringMap = {}): StringMap {
  const added = Object.entries(given).filter(([name]) => !Object.hasOwn(known, name));
  const room = METADATA_KEPT - Object.keys(known).length;
  const dropped = new Set(added.slice(Math.max(0, room)).map(([name]) => name));
  const kept = Object.entries(given).filter(([name]) => !dropped.has(name));
  return { ...known, ...Object.fromEntries(kept) };
}

function reportedFacts({ status, at, error }: StepReported): CallFacts {
  if (!isTerminal(status)) return { latest: status };
  return { terminal: { status, at, ...(error !== undefined && { error }) } };
}
