import type { SequencedProgress } from "@loom/core";
import type { Values } from "../database/statement.ts";
import type { Names } from "../schema/names.ts";
import { isCandidate } from "./candidate-key.ts";
import { countMoved } from "./counters.ts";

/** Values for {@link showView} and for a change of status that brings a view. */
export function viewValues({ attempt, sequence, progress }: SequencedProgress): Values {
  const { currentStep, phase } = progress;
  return {
    viewAttempt: attempt,
    sequence,
    progress: JSON.stringify(progress),
    viewPhase: phase,
    step: currentStep && JSON.stringify(currentStep),
    stepStatus: currentStep?.status ?? "none",
  };
}

/** Whether a view is news of the running attempt of candidate `c`. */
export const IS_NEWS = `c.status = 'running' AND c.attempt = :viewAttempt::integer
  AND c.run_attempt = :viewAttempt::integer AND c.sequence < :sequence::integer`;

/** What a view makes of the columns of candidate `c`; a phase once `cancelling` stays so until the finish. */
export function viewColumns(names: Names): Readonly<Record<string, string>> {
  const phase = `:viewPhase::${names.runPhase}`;
  return {
    sequence: ":sequence::integer",
    delivery: "'delivered'",
    phase: `CASE WHEN c.phase = 'cancelling' AND ${phase} = 'running' THEN c.phase ELSE ${phase} END`,
    step: ":step::json",
    step_status: `:stepStatus::${names.stepStatus}`,
  };
}

/** Common table expressions that show a view: in the candidate, in its run, and in the counters. */
export function showView(names: Names, { after }: { readonly after?: string } = {}): string {
  const columns = { step_before: "c.step_status", ...viewColumns(names) };
  return `moved AS (
      UPDATE ${names.candidates} c SET ${assignments(columns)} ${after ? `FROM ${after}` : ""}
      WHERE ${isCandidate(names)} AND ${IS_NEWS}
      RETURNING c.migration, c.id, 'running'::${names.candidateStatus} AS was, c.status,
        c.step_before, c.step_status
    ), shown AS (
      UPDATE ${names.runs} r SET sequence = :sequence::integer, progress = :progress::json FROM moved m
      WHERE r.migration = m.migration AND r.candidate_id = m.id
        AND r.sequence < :sequence::integer
    ), counted AS (${countMoved(names)})`;
}

/** The `SET` list of an update. */
export function assignments(columns: Readonly<Record<string, string>>): string {
  return Object.entries(columns)
    .map(([column, value]) => `${column} = ${value}`)
    .join(", ");
}
