import type { CallName } from "../domain/run.ts";
import type { CallRecord, RunState } from "./state.ts";

/** The name of the current call of a record. */
export function callOf(state: RunState, record: CallRecord): CallName {
  const { kind, step, number } = record;
  return { attempt: state.manifest.attempt, kind, step, number };
}

/** Whether two names are one. */
export function sameCall(a: CallName, b: CallName): boolean {
  return a.attempt === b.attempt && a.kind === b.kind && a.step === b.step && a.number === b.number;
}

/** The dispatch id of a call, unique among all runs: the idempotency key that the migrator sees. Printable ASCII. */
export function dispatchIdOf(runId: string, call: CallName): string {
  const { attempt, kind, step, number } = call;
  return [encodeURIComponent(runId), attempt, kind, encodeURIComponent(step), number].join(":");
}

/** The id of the timer of a call. */
export function timerIdOf(runId: string, call: CallName): string {
  return `timer:${dispatchIdOf(runId, call)}`;
}

/** The id of the stop of a call. */
export function stopIdOf(runId: string, call: CallName): string {
  return `stop:${dispatchIdOf(runId, call)}`;
}

/** The id of a command about the whole attempt. */
export function attemptCommandId(verb: "progress" | "finish", state: RunState): string {
  const { runId, attempt } = state.manifest;
  return `${verb}:${encodeURIComponent(runId)}:${attempt}:${state.sequence}`;
}
