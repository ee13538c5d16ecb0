import type { CallKind } from "../domain/run.ts";
import type { StepDefinition } from "../domain/step.ts";
import type { Timestamp } from "../domain/values.ts";
import { statusOf } from "./facts.ts";
import type { CallRecord, RunState } from "./state.ts";

/** A record of a call that is about to be dispatched for the first time. */
export function beginRecord(kind: CallKind, step: string, at: Timestamp): CallRecord {
  return {
    kind,
    step,
    number: 1,
    facts: {},
    startedAt: at,
    updatedAt: at,
    since: at,
    metadata: {},
    failures: [],
    eventIds: [],
  };
}

/** The record of a step, or of its undoing; `undefined` when it was not begun. */
export function findRecord(state: RunState, kind: CallKind, step: string): CallRecord | undefined {
  return recordsOf(state, kind).find((record) => record.step === step);
}

/** The record that the run is at: the last undoing, else the last step. */
export function currentRecord(state: RunState): CallRecord | undefined {
  return state.compensations.at(-1) ?? state.steps.at(-1);
}

/** The state with a record put in place of the one with the same kind and step, or added. */
export function withRecord(state: RunState, record: CallRecord): RunState {
  const others = recordsOf(state, record.kind);
  const at = others.findIndex(({ step }) => step === record.step);
  const records = at < 0 ? [...others, record] : others.with(at, record);
  return record.kind === "do" ? { ...state, steps: records } : { ...state, compensations: records };
}

/** The record changed by an event at a time; `since` moves only with the status. */
export function touch(record: CallRecord, at: Timestamp, change: Partial<CallRecord>): CallRecord {
  const next = { ...record, ...change, updatedAt: at };
  return statusOf(next) === statusOf(record) ? next : { ...next, since: at };
}

/** The planned step of a name. */
export function stepOf(state: RunState, name: string): StepDefinition {
  return state.manifest.steps.find((step) => step.name === name) ?? { name };
}

function recordsOf(state: RunState, kind: CallKind): readonly CallRecord[] {
  return kind === "do" ? state.steps : state.compensations;
}
