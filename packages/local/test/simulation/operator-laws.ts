import type { ReportResult, StepCompletedEvent } from "@loom/core";
import type { Learnt } from "./ask.ts";
import type { Ledger } from "./ledger.ts";
import type { World } from "./world.ts";

/** Inputs that an operator is about to give; no others go to that candidate before their fate is known. */
export interface GivenInputs {
  readonly inputs: { readonly n: string };
  taken(attempt: number): void;
  settle(fate: Learnt<unknown>["type"]): void;
}

/** What must hold of what operators were told. */
export interface OperatorLaws {
  /** Numbers that grow; `undefined` while others are on their way. */
  giveInputs(candidateId: string): GivenInputs | undefined;
  begun(action: string, candidateId: string, attempt: number): void;
  cancelled(candidateId: string, attempt: number): void;
  retrying(candidateId: string, step: string): void;
  retried(candidateId: string, attempt: number, step: string, number: number): void;
  /** A report with a mark of its own, by which its effect is found. */
  reportOn(candidateId: string, stepName: string): StepCompletedEvent;
  reported(event: StepCompletedEvent, answer: ReportResult): void;
  /** A call was told, under its own name, that it is not possible. */
  refused(actor: string): void;
  readonly check: () => void;
}

/** For how long something that a client does not know the fate of may still happen, in milliseconds. */
const AFTERMATH_MS = 30_000;

export function createOperatorLaws({ trace, timeline }: World, ledger: Ledger): OperatorLaws {
  const checks: (() => void)[] = [];
  const retries = new Map<string, number>();
  const giving = new Set<string>();
  const last = { n: 0, mark: 0 };
  const demand = (holds: () => boolean, law: string) =>
    checks.push(() => {
      if (!holds()) trace.violate(law);
    });

  const settle = (candidateId: string, fate: Learnt<unknown>["type"]) => {
    const release = () => giving.delete(candidateId);
    if (fate === "answered") release();
    else timeline.after(AFTERMATH_MS, release);
  };

  return {
    giveInputs(candidateId) {
      if (giving.has(candidateId)) return undefined;
      giving.add(candidateId);
      const n = ++last.n;
      return {
        inputs: { n: String(n) },
        taken(attempt) {
          const since = timeline.now();
          const law = `the inputs ${n} of ${candidateId} were taken and not used`;
          demand(() => areUsed(ledger, { candidateId, attempt, n, since }), law);
        },
        settle: (fate) => settle(candidateId, fate),
      };
    },
    begun(action, candidateId, attempt) {
      if (ledger.positionOf(candidateId).attempt < attempt)
        trace.violate(`${action} of ${candidateId} was answered and not done`);
    },
    cancelled(candidateId, attempt) {
      const law = `attempt ${attempt} of ${candidateId} was cancelled and did not end so`;
      demand(() => {
        const now = ledger.positionOf(candidateId);
        return now.attempt > attempt || now.status === "not_started";
      }, law);
    },
    retrying(candidateId, step) {
      const key = `${candidateId} ${step}`;
      retries.set(key, (retries.get(key) ?? 0) + 1);
    },
    retried(candidateId, attempt, step, number) {
      const states = () => statesOf(ledger, candidateId, attempt, step);
      const law = `the retry of ${step} of ${candidateId} had no effect`;
      demand(() => states().some(({ stepAttempt }) => stepAttempt > number), law);
    },
    reportOn(candidateId, stepName) {
      const mark = `by hand ${++last.mark}`;
      return { stepName, candidateId, success: true, metadata: { [mark]: "done" } };
    },
    reported(event, { status }) {
      const [mark = ""] = Object.keys(event.metadata ?? {});
      if (status === "accepted")
        demand(() => isMarked(ledger, event, mark), `the report ${mark} had no effect`);
    },
    refused(actor) {
      demand(() => ledger.changesBy(actor) === 0, `${actor} was refused and done`);
    },
    check() {
      for (const check of checks) check();
      for (const [key, times] of repetitions(ledger))
        if (times > (retries.get(key) ?? 0)) trace.violate(`${key} was retried unasked`);
    },
  };
}

function statesOf(ledger: Ledger, candidateId: string, attempt: number, step: string) {
  const { steps = [], compensations = [] } = ledger.viewOf(candidateId, attempt) ?? {};
  return [...steps, ...compensations].filter(({ stepName }) => stepName === step);
}

/** In some attempt: a run id does not say which. */
function isMarked(ledger: Ledger, event: StepCompletedEvent, mark: string): boolean {
  const { candidateId, stepName } = event;
  for (let { attempt } = ledger.positionOf(candidateId); attempt > 0; attempt--) {
    const states = statesOf(ledger, candidateId, attempt, stepName);
    if (states.some(({ metadata }) => metadata?.[mark] !== undefined)) return true;
  }
  return false;
}

interface TakenInputs {
  readonly candidateId: string;
  readonly attempt: number;
  readonly n: number;
  readonly since: number;
}

function areUsed(ledger: Ledger, { candidateId, attempt, n, since }: TakenInputs): boolean {
  return [...ledger.entries.values()].every(
    (entry) =>
      entry.command.type === "set_timer" ||
      entry.candidateId !== candidateId ||
      entry.attempt !== attempt ||
      entry.addedAt <= since ||
      Number(entry.command.inputs["n"]) >= n,
  );
}

/** How often each step of each candidate was dispatched under a further number. */
function repetitions(ledger: Ledger): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { candidateId, command } of ledger.entries.values()) {
    if (command.type === "set_timer" || command.call.number === 1) continue;
    const key = `${candidateId} ${command.call.step}`;
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  return times;
}
