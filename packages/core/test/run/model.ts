import type { MigrationManifest } from "../../src/domain/manifest.ts";
import type { CallName, RunOutcome, RunPhase } from "../../src/domain/run.ts";
import type {
  Answer,
  CancelRequested,
  DispatchSettled,
  RetryRequested,
  RunEvent,
  StepReported,
  TimerFired,
} from "../../src/run/events.ts";
import { shortName } from "./events.ts";
import type { Call, StepView } from "./model-calls.ts";
import { endOf, isGood, statusOfCall, viewOf } from "./model-calls.ts";

/** What readers are told of the run, as far as the model goes. */
export interface RunView {
  readonly phase: RunPhase;
  readonly outcome: RunOutcome | undefined;
  readonly steps: readonly StepView[];
  readonly compensations: readonly StepView[];
}

/** What one event comes to, commands in the words of `describeCommands`, timers left out. */
export interface Reaction {
  readonly answer: Answer;
  readonly asked: readonly string[];
}

/**
 * `run.md` a second time, written to be obviously right instead of compact: one flat log of calls, in the order of
 * dispatch, from which everything is told anew at each question. It shares no code with the machine.
 */
export function createModel(manifest: MigrationManifest) {
  const calls: Call[] = [];
  const stopped = new Set<Call>();
  let cancel: { compensate: boolean; gaveUp: boolean } | undefined;
  let outcome: RunOutcome | undefined;

  const limitOf = (step: string) =>
    manifest.steps.find(({ name }) => name === step)?.timeoutSeconds;
  const last = () => calls.at(-1);
  const unsettled = () => calls.find(({ settlement }) => !settlement);
  const find = (name: CallName) =>
    name.attempt === manifest.attempt
      ? calls.find((call) => shortName(call.name) === shortName(name))
      : undefined;
  const mayUndo = () => cancel !== undefined && cancel.compensate && !cancel.gaveUp;
  const isWanted = ({ kind }: CallName) => (cancel ? kind === "undo" && mayUndo() : kind === "do");

  function undoOrder(): string[] {
    const done = new Set(
      calls.filter(({ name }) => name.kind === "do").map(({ name }) => name.step),
    );
    const compensable = manifest.steps.filter((step) => step.compensable && done.has(step.name));
    return compensable.map(({ name }) => name).toReversed();
  }

  function isAllDone(): boolean {
    const call = last();
    const isLast = manifest.steps.at(-1)?.name === call?.name.step;
    return call !== undefined && isLast && !call.isRetried && isGood(statusOfCall(call));
  }

  /** The call that comes after everything settled; an outcome when none does; nothing while the run waits. */
  function whatNext(): CallName | RunOutcome | undefined {
    const call = last();
    if (cancel && !mayUndo()) return "cancelled";
    const isOver = cancel !== undefined && call?.name.kind === "do";
    if (call && !isOver) {
      if (call.isRetried) return { ...call.name, number: call.name.number + 1 };
      if (!isGood(statusOfCall(call))) return undefined;
    }
    const kind = cancel ? "undo" : "do";
    const order = cancel ? undoOrder() : manifest.steps.map(({ name }) => name);
    const step = order.find(
      (name) => !calls.some((c) => c.name.kind === kind && c.name.step === name),
    );
    if (step === undefined) return cancel ? "cancelled" : "completed";
    return { attempt: manifest.attempt, kind, step, number: 1 };
  }

  function shouldStop(call: Call): boolean {
    if (call.isRetried || !isWanted(call.name)) return true;
    return isGood(statusOfCall(call)) || statusOfCall(call) === "failed";
  }

  function goOn(): string[] {
    const open = unsettled();
    if (open) {
      if (stopped.has(open) || !shouldStop(open)) return [];
      stopped.add(open);
      return [`stop ${shortName(open.name)}`];
    }
    const next = whatNext();
    if (next === undefined) return [];
    if (typeof next === "string") {
      outcome = next;
      return [`finish ${next}`];
    }
    calls.push({ name: next, reports: [], isRetried: false });
    return [`dispatch ${shortName(next)}`];
  }

  function report(event: StepReported): Answer {
    const call = find(event.call);
    if (!call) return "stale";
    const end = endOf(call);
    if (end?.status === event.status) return "duplicate";
    if (end || call.isRetried) return "stale";
    const known = call.reports.flatMap(({ eventId }) => (eventId === undefined ? [] : [eventId]));
    if (event.eventId !== undefined && known.slice(-32).includes(event.eventId)) return "duplicate";
    call.reports.push(event);
    return isWanted(event.call) ? "accepted" : "not_running";
  }

  function settle(event: DispatchSettled): Answer {
    const call = find(event.call);
    if (!call) return "stale";
    if (call.settlement) return call.isRetried ? "stale" : "duplicate";
    call.settlement = event;
    return "accepted";
  }

  function fire(event: TimerFired): Answer {
    const call = find(event.call);
    if (!call || call.isRetried || endOf(call)) return "stale";
    if (call.timeout) return "duplicate";
    if (!isWanted(call.name)) return "not_running";
    call.timeout = event;
    return "accepted";
  }

  function retry(event: RetryRequested): Answer {
    if (event.call.attempt !== manifest.attempt) return "stale";
    if (cancel && (cancel.gaveUp || event.call.kind === "do")) return "not_running";
    const call = find(event.call);
    if (!call || call !== last() || call.isRetried || statusOfCall(call) !== "failed")
      return "stale";
    call.isRetried = true;
    return "accepted";
  }

  function close(event: CancelRequested): Answer {
    if (event.attempt !== manifest.attempt) return "stale";
    if (cancel) {
      if (event.compensate !== false || !mayUndo()) return "duplicate";
      cancel.gaveUp = true;
      return "accepted";
    }
    if (isAllDone()) return "not_running";
    cancel = { compensate: event.compensate === true, gaveUp: false };
    return "accepted";
  }

  function answerTo(event: RunEvent): Answer {
    if (event.type === "step_reported") return report(event);
    if (event.type === "dispatch_settled") return settle(event);
    if (event.type === "timer_fired") return fire(event);
    if (event.type === "retry_requested") return retry(event);
    if (event.type === "cancel_requested") return close(event);
    return event.attempt === manifest.attempt ? "accepted" : "stale";
  }

  function viewsOf(kind: CallName["kind"]): StepView[] {
    const ofKind = calls.filter(({ name }) => name.kind === kind);
    const steps = [...new Set(ofKind.map(({ name }) => name.step))];
    return steps.map((step) =>
      viewOf(
        ofKind.filter(({ name }) => name.step === step),
        limitOf(step),
      ),
    );
  }

  return {
    start: (): readonly string[] => goOn(),
    take(event: RunEvent): Reaction {
      if (outcome) return { answer: "not_running", asked: [] };
      return { answer: answerTo(event), asked: goOn() };
    },
    current: (): Call | undefined => last(),
    inFlight: (): Call | undefined => unsettled(),
    dispatched: (): readonly string[] => calls.map(({ name }) => shortName(name)),
    view: (): RunView => ({
      phase: outcome ? "finished" : cancel ? "cancelling" : "running",
      outcome,
      steps: viewsOf("do"),
      compensations: viewsOf("undo"),
    }),
  };
}
