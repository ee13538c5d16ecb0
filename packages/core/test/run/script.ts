import type { MigrationManifest } from "../../src/domain/manifest.ts";
import type { CallKind, CallName } from "../../src/domain/run.ts";
import type { StepStatus } from "../../src/domain/step.ts";
import type { DispatchOutcome, RunEvent } from "../../src/run/events.ts";
import { progressOf } from "../../src/run/index.ts";
import type { RunState } from "../../src/run/state.ts";
import { doing, fired, reported, retried, settled, shortName, undoing } from "./events.ts";
import { namesUsed } from "./transition-laws.ts";

/** All that will ever be known of one call, in no order. */
export interface CallScript {
  readonly settlement?: DispatchOutcome;
  readonly isTimedOut: boolean;
  /** Any that are not terminal, and at most one that is. */
  readonly reports: readonly StepStatus[];
  /** Whether an operator answers the failure, if it comes to one. */
  readonly isRetried: boolean;
}

/** What will be known of each step-attempt, first by kind and step. */
export type Script = Readonly<Record<CallKind, Readonly<Record<string, readonly CallScript[]>>>>;

/** One fact about one call, and whether it may be told now. */
export interface Fact {
  readonly event: Exclude<RunEvent, { attempt: number }>;
  readonly script: CallScript;
}

/** What the law of facts promises to be the same in every order. */
export interface Promised {
  readonly outcome: string | undefined;
  readonly dispatched: readonly string[];
  /** Terminal statuses by step; left out after a cancel, where the law does not cover them. */
  readonly ended?: Readonly<Record<string, StepStatus>>;
}

/** All the facts of a script. */
export function factsOf(script: Script): Fact[] {
  return (["do", "undo"] as const).flatMap((kind) =>
    Object.entries(script[kind]).flatMap(([step, calls]) =>
      calls.flatMap((call, index) => {
        const name = kind === "do" ? doing(step, index + 1) : undoing(step, index + 1);
        return eventsOf(name, call).map((event) => ({ event, script: call }));
      }),
    ),
  );
}

/** Whether telling the fact now is an order that the law covers, given what was told before. */
export function mayBeTold(
  { event, script }: Fact,
  told: readonly Fact[],
  state: RunState,
): boolean {
  const name = shortName(event.call);
  if (!namesUsed(state).includes(name)) return false;
  if (event.type !== "retry_requested") return true;
  const known = told.filter((fact) => shortName(fact.event.call) === name);
  const reports = known.filter((fact) => fact.event.type === "step_reported");
  if (reports.length < script.reports.length) return false;
  const isTimedOut = known.some((fact) => fact.event.type === "timer_fired");
  const isSettled = known.some((fact) => fact.event.type === "dispatch_settled");
  const { settlement, ...rest } = script;
  return (
    statusOfScript({ ...rest, isTimedOut, ...(isSettled && settlement && { settlement }) }) ===
    "failed"
  );
}

/** What every order comes to: read off the script step by step, without a machine. */
export function promisedBy({ steps }: MigrationManifest, script: Script): Promised {
  const dispatched: string[] = [];
  const ended: Record<string, StepStatus> = {};
  for (const { name } of steps) {
    const calls = script.do[name] ?? [];
    const last = lastCallOf(calls);
    for (let number = 1; number <= last + 1; number += 1) dispatched.push(`do ${name} ${number}`);
    const call = calls[last] ?? NOTHING;
    const status = statusOfScript(call);
    const isWaiting = status === "failed" && call.isRetried;
    if (status !== "open" && status !== "in_progress" && !isWaiting) ended[name] = status;
    if (!isGood(status) || !call.settlement)
      return { outcome: undefined, dispatched: dispatched.toSorted(), ended };
  }
  return { outcome: "completed", dispatched: dispatched.toSorted(), ended };
}

/** What a state says of the same. */
export function promisedIn(state: RunState): Promised {
  const ended = progressOf(state).steps.flatMap(({ stepName, status }) =>
    isGood(status) || status === "failed" ? [[stepName, status] as const] : [],
  );
  return {
    outcome: state.outcome,
    dispatched: namesUsed(state).toSorted(),
    ...(!state.cancel && { ended: Object.fromEntries(ended) }),
  };
}

const NOTHING: CallScript = { isTimedOut: false, reports: [], isRetried: false };

/** The index of the last call that will be made: each one before it fails, is retried and settles. */
function lastCallOf(calls: readonly CallScript[]): number {
  const index = calls.findIndex(
    (call) => !(statusOfScript(call) === "failed" && call.isRetried && call.settlement),
  );
  return index < 0 ? calls.length : index;
}

/** Terminal, else timed out, else any report, else lost, else in progress; `open` stands for every waiting status. */
function statusOfScript({ settlement, isTimedOut, reports }: CallScript): StepStatus {
  const terminal = reports.find((status) => isGood(status) || status === "failed");
  if (terminal) return terminal;
  if (isTimedOut) return "failed";
  if (reports.length > 0) return "open";
  return settlement === "refused" || settlement === "exhausted" ? "failed" : "in_progress";
}

function eventsOf(
  name: CallName,
  { settlement, isTimedOut, reports, isRetried }: CallScript,
): Fact["event"][] {
  return [
    ...(settlement ? [settled(name, settlement)] : []),
    ...(isTimedOut ? [fired(name)] : []),
    ...reports.map((status) => reported(name, status)),
    ...(isRetried ? [retried(name)] : []),
  ];
}

const isGood = (status: StepStatus) => status === "completed" || status === "merged";
