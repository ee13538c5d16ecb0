import type { ReportResult, RunProgress, StepState } from "@loom/core";
import { isTerminal } from "@loom/core/run";
import type { Job, Report } from "./jobs.ts";
import type { Ledger } from "./ledger.ts";
import type { World } from "./world.ts";

/** What must hold of reports and their answers. */
export interface ReportLaws {
  /** @returns what takes the answer */
  begin(job: Job, report: Report): (answer: ReportResult) => void;
  /** A report by hand is about to set out, which makes a migrator's own a duplicate. */
  readonly approving: (candidateId: string, stepName: string) => void;
  /** Once all is over: what was accepted has had its effect. */
  readonly check: () => void;
}

interface Told {
  readonly job: Job;
  readonly report: Report;
  accepted: number;
}

export function createReportLaws({ trace }: World, ledger: Ledger): ReportLaws {
  /** How often each report set out, and each status about each call. */
  const begun = new Map<string, number>();
  const told = new Map<string, Told>();
  const count = (key: string) => begun.set(key, (begun.get(key) ?? 0) + 1);
  const handKey = (candidateId: string, stepName: string) => `by hand ${candidateId} ${stepName}`;
  const statusKey = ({ request }: Job, { status }: Report) => `${request.dispatchId} ${status}`;

  const judgeIgnored = (job: Job, report: Report, reason: string) => {
    const { candidate, attempt, kind, stepName, stepAttempt } = job.request;
    const isOver = ledger.isOver(candidate.id, attempt);
    const view = ledger.viewOf(candidate.id, attempt);
    if (isOver || !view) return;
    const state = stateIn(view, job);
    const said = begun.get(statusKey(job, report)) ?? 0;
    const byHand = begun.get(handKey(candidate.id, stepName)) ?? 0;
    if (reason === "duplicate" && said + byHand < 2)
      trace.violate(`${report.id} was called a duplicate and is the first`);
    if (reason === "not_running" && kind === "do" && view.phase === "running")
      trace.violate(`${report.id} was told not_running while its run goes on`);
    if (reason === "stale" && state?.stepAttempt === stepAttempt && !isTerminal(state.status))
      trace.violate(`${report.id} was called stale and its call is current`);
  };

  return {
    begin(job, report) {
      const { candidate, attempt } = job.request;
      const wasOver = ledger.isOver(candidate.id, attempt);
      count(statusKey(job, report));
      const known = told.get(report.id) ?? { job, report, accepted: 0 };
      told.set(report.id, known);
      return (answer) => {
        if (answer.status === "ignored") return judgeIgnored(job, report, answer.reason);
        known.accepted++;
        if (wasOver) trace.violate(`${report.id} was accepted after its attempt had ended`);
        if (known.accepted > 1) trace.violate(`${report.id} was accepted twice`);
      };
    },
    approving: (candidateId, stepName) => count(handKey(candidateId, stepName)),
    check() {
      const ends = new Map<string, string>();
      for (const { job, report, accepted } of told.values()) {
        if (accepted === 0) continue;
        const { dispatchId, candidate, attempt } = job.request;
        if (!isShown(ledger.viewOf(candidate.id, attempt), job, report))
          trace.violate(`${report.id} (${report.status}) was accepted and had no effect`);
        if (!isTerminal(report.status)) continue;
        if (ends.has(dispatchId)) trace.violate(`${dispatchId} ended twice`);
        ends.set(dispatchId, report.id);
      }
    },
  };
}

function stateIn(view: RunProgress, { request }: Job): StepState | undefined {
  const states = request.kind === "do" ? view.steps : view.compensations;
  return states.find(({ stepName }) => stepName === request.stepName);
}

/** Its mark is among the metadata, and its status is the step-attempt's, or why an earlier one failed. */
function isShown(view: RunProgress | undefined, job: Job, { id, status }: Report): boolean {
  const state = view && stateIn(view, job);
  if (state?.metadata?.[id] !== status) return false;
  if (!isTerminal(status)) return true;
  const { stepAttempt } = job.request;
  if (state.stepAttempt === stepAttempt) return state.status === status;
  return (
    status === "failed" &&
    (state.failures ?? []).some(
      (past) => past.stepAttempt === stepAttempt && past.error.endsWith(id),
    )
  );
}
